"""The file of a saved plan: one JSON document, for its owner alone."""

from __future__ import annotations

import json
from pathlib import Path

from podwright.errors import UsageError
from podwright.plan.saved_plan import SavedPlan
from podwright.state.codec import from_document, to_document
from podwright.state.private_files import write_file

MAX_BYTES = 64 << 20
_HEAD = {"apiVersion": "podwright.dev/v1", "kind": "SavedPlan"}


def write_plan(path: Path, plan: SavedPlan) -> None:
    """Raises OSError."""
    write_file(path, json.dumps({**_HEAD, "plan": to_document(plan)}, indent=1) + "\n")


def read_plan(path: Path) -> SavedPlan:
    """Raises UsageError if it cannot be read, or is not a saved plan."""
    hint = "save one: `podwright manifest push --plan-out FILE`"
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"the plan `{path}` cannot be read: {(error.strerror or '').lower()}", hint
        ) from error
    try:
        document = json.loads(content)
        if {name: document[name] for name in _HEAD} == _HEAD:
            return from_document(SavedPlan, document["plan"])
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise UsageError(f"`{path}` is not a plan that this version saved", hint)
