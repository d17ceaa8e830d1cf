"""Times as a person gives them: a length (`90`, `90s`, `5m`, `2h`), or when something ends, which may be days off."""

from __future__ import annotations

import math
import re
import time
from datetime import datetime, timedelta

import click

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}
_FORM = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smh]?)")
_FORM_WITH_DAYS = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smhd]?)")


class Seconds(click.ParamType[float]):
    """Seconds, or with a unit."""

    name = "time"

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        found = _FORM.fullmatch(str(value))
        seconds = float(found[1]) * _UNITS[found[2]] if found else math.inf
        if not math.isfinite(seconds):
            self.fail(f"`{value}` is not a length of time, such as `60s` or `5m`", param, ctx)
        return seconds


class Moment(click.ParamType[float]):
    """When something ends, in Unix seconds: a length of time from now, or a local date (its end) or time."""

    name = "time|date"

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        text = str(value)
        try:
            if found := _FORM_WITH_DAYS.fullmatch(text):
                moment = time.time() + float(found[1]) * _UNITS[found[2]]
            else:
                # a date alone means its end
                whole_day = timedelta(days=len(text) <= len("2026-12-01"))
                moment = (datetime.fromisoformat(text) + whole_day).timestamp()
        except (ValueError, OverflowError):
            moment = math.inf
        if not math.isfinite(moment):
            self.fail(
                f"`{value}` is not a time, such as `6h`, `7d`, `2026-12-01` or `2026-12-01T18:00`", param, ctx
            )
        return moment
