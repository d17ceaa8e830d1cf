"""A length of time as a person gives it: `90`, `90s`, `5m`, `2h`."""

from __future__ import annotations

import re

import click

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}
_FORM = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smh]?)")


class Seconds(click.ParamType[float]):
    """Seconds, or with a unit."""

    name = "time"

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        found = _FORM.fullmatch(str(value))
        if found is None:
            self.fail(f"`{value}` is not a length of time, such as `60s` or `5m`", param, ctx)
        return float(found[1]) * _UNITS[found[2]]
