"""How `crictl` prints: JSON, YAML, tables, and what it could not do."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from podwright_lab.kubelet.crictl_words import Words


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command prints, and its exit code."""

    out: str = ""
    err: str = ""
    code: int = 0

    def encoded(self) -> bytes:
        """As the client reads it: a line with the code and the bytes of `out`, then both texts."""
        out, err = (text.encode("utf-8", "surrogatepass") for text in (self.out, self.err))
        return b"%d %d\n" % (self.code, len(out)) + out + err


def fatal(message: str) -> Answer:
    return Answer(err=f'time="lab" level=fatal msg="{message}"\n', code=1)


def as_json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"


def printed(
    words: Words, value: object, table: Callable[[], list[list[str]]], default: str = "table"
) -> Answer:
    form = words.last("output", default)
    if form == "json":
        return Answer(as_json(value))
    if form == "yaml":
        import yaml

        return Answer(yaml.safe_dump(value, sort_keys=False))
    if form == "table":
        return Answer(_aligned(table()))
    return fatal(f"unsupported output format: {form}")


def _aligned(rows: list[list[str]]) -> str:
    """Go's tabwriter with cells of at least 20 columns and 3 between them."""
    widths = [max(20, *(len(row[column]) + 3 for row in rows)) for column in range(len(rows[0]))]
    lines = ("".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)
