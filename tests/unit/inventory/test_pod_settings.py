"""What an entry of `static_pods` sets beside whether the pod runs."""

from __future__ import annotations

import pytest

from podwright.inventory.pod_settings import NO_SETTINGS, PodSettings, read_settings


@pytest.mark.parametrize(
    ("entry", "settings", "wrong"),
    [
        ({}, NO_SETTINGS, []),
        ({"podwright_single": True}, PodSettings(single=True), []),
        ({"podwright_single": "yes"}, NO_SETTINGS, ["podwright_single"]),
        (
            {"podwright_strategy": "surge", "podwright_runs_twice": True},
            PodSettings(strategy="surge", runs_twice=True),
            [],
        ),
        ({"podwright_strategy": "surg"}, NO_SETTINGS, ["podwright_strategy"]),
        ({"podwright_runs_twice": "no"}, NO_SETTINGS, ["podwright_runs_twice"]),
        ({"podwright_single": 1}, NO_SETTINGS, ["podwright_single"]),
        ({"podwright_rollback_on_failure": False}, PodSettings(rollback_on_failure=False), []),
        ({"podwright_rollback_on_failure": "never"}, NO_SETTINGS, ["podwright_rollback_on_failure"]),
    ],
)
def test_what_is_said_is_read_and_the_rest_is_told(entry, settings, wrong) -> None:
    found, told = read_settings(entry)
    assert (found, [name for name, _ in told]) == (settings, wrong)


def test_what_is_not_said_is_left_to_what_is_below() -> None:
    below = PodSettings(single=True)
    assert NO_SETTINGS.over(below) == below
    assert PodSettings(single=False).over(below) == PodSettings(single=False)


@pytest.mark.parametrize(("written", "seconds"), [("5m", 300.0), (90, 90.0), (0, 0.0), (None, None)])
def test_the_time_to_confirm_is_a_length_of_time(written, seconds) -> None:
    settings, wrong = read_settings({"podwright_confirm_within": written})
    assert (settings.confirm_within, wrong) == (seconds, ())


@pytest.mark.parametrize("written", ["soon", -1, True, [5], 10_000_000, float("nan")])
def test_what_is_no_length_of_time_is_refused_with_what_to_write(written) -> None:
    settings, [(name, hint)] = read_settings({"podwright_confirm_within": written})
    assert (settings.confirm_within, name) == (None, "podwright_confirm_within")
    assert hint == "write a number of seconds (or `90s`, `5m`, `1h`)"
