"""Times as a person gives them: a length (`90`, `90s`, `5m`, `2h`), or when something ends."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta

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


class Moment(click.ParamType[float]):
    """When something ends, in Unix seconds: a length of time from now, or a local date (its end) or time."""

    name = "time|date"

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if found := _FORM.fullmatch(str(value)):
            return time.time() + float(found[1]) * _UNITS[found[2]]
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(
                f"`{value}` is not a time, such as `6h`, `2026-12-01` or `2026-12-01T18:00`", param, ctx
            )
        whole_day = timedelta(days="T" not in str(value))
        return (moment + whole_day).timestamp()
