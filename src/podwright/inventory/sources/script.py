"""Runs an inventory script (`--list`, and `--host NAME` when the list has no `_meta`) and reads what it prints."""

from __future__ import annotations

import json
import time
from pathlib import Path

from podwright.inventory.sources.json_list import read_list
from podwright.inventory.structure import Structure
from podwright.inventory.yaml_document import Document, placed
from podwright.problem import Place
from podwright.process import ProcessError, others_may_write, run
from podwright.text import printable

SECONDS = 120
#: of all calls with `--host` together
HOSTS_SECONDS = 600
MAX_OUTPUT_BYTES = 64 << 20
_MAGIC = (b"#!", b"\x7fELF")
_HINT = "run it by hand with `--list`: it prints the groups as JSON and ends with 0"


def is_program(file: Path) -> bool:
    """Whether the system could run the file; on some file systems every file counts as executable."""
    if not file.stat().st_mode & 0o111:
        return False
    with file.open("rb") as stream:
        return stream.read(4).startswith(_MAGIC)


def read_script(file: Path, structure: Structure) -> None:
    """Add what the script says; that it failed, took too long or printed no JSON is a problem."""
    if others_may_write(file):
        hint = f"take that away, then read what is in it: `chmod o-w {file}`"
        structure.problem(
            "the inventory script is not run, since every user may change it", hint, Place(str(file))
        )
        return
    answer = _asked(file, ("--list",), structure)
    if answer is None:
        return
    ends, before = time.monotonic() + HOSTS_SECONDS, len(structure.problems)

    def of_host(host: str) -> Document | None:
        """Nothing more once one has failed: that is the end of the run, and told once."""
        if len(structure.problems) > before:
            return None
        return _asked(file, ("--host", host), structure, max(0.01, ends - time.monotonic()))

    read_list(answer, structure, of_host)


def _asked(
    file: Path, arguments: tuple[str, ...], structure: Structure, left: float = SECONDS
) -> Document | None:
    place, seconds = Place(str(file)), min(SECONDS, left)
    try:
        ended = run((str(file.absolute()), *arguments), seconds=seconds, max_stdout=MAX_OUTPUT_BYTES)
    except ProcessError as error:
        structure.problem(f"`{arguments[0]}` of the inventory script: {error}", _HINT, place)
        return None
    if ended.exit_status:
        said = printable(ended.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2][:200])
        message = f"the inventory script ended `{arguments[0]}` with {ended.exit_status}"
        structure.problem(f"{message}: {said}" if said else message, _HINT, place)
        return None
    if not ended.stdout.strip() and arguments[0] == "--host":
        return None
    try:
        value = json.loads(ended.stdout)
    except (ValueError, RecursionError):
        structure.problem(f"what the inventory script prints for `{arguments[0]}` is not JSON", _HINT, place)
        return None
    return Document(str(file), placed(value, place), literal=True)
