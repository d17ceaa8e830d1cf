"""`drift install` prints one thing, and writes only what is for this machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from tests.cli.conftest import Site

from podwright.reports import drift_schedules


@pytest.mark.parametrize("given", [(), ("--cron", "--systemd")])
def test_one_thing_is_installed_at_a_time(site: Site, given: tuple[str, ...]) -> None:
    answer = site.run("drift", "install", *given)
    assert answer.code == 2
    assert "give one of `--cron`, `--systemd`, `--kubernetes`, `--alerts`, `--dashboard`" in answer.err


def test_a_schedule_is_printed_with_its_file_and_the_options_of_the_check(site: Site) -> None:
    cron = site.run("drift", "install", "--cron", "--", "-l", "cp-1")
    assert cron.out.startswith("# /etc/cron.d/podwright-drift\n")
    assert f"cd {site.folder} && " in cron.out
    assert cron.out.rstrip().endswith("drift check --quiet -l cp-1")
    units = site.run("drift", "install", "--systemd", "--", "--prometheus-file=/var/lib/metrics/x.prom")
    assert "# /etc/systemd/system/podwright-drift.timer\n" in units.out
    assert "ReadWritePaths=/var/lib/metrics\n" in units.out


def test_apply_writes_it_to_this_machine(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "cron.d"
    monkeypatch.setattr(drift_schedules, "CRON_FILE", str(file))
    answer = site.run("drift", "install", "--cron", "--apply")
    assert (answer.code, answer.out, answer.err) == (0, "", f"note: wrote `{file}`\n")
    assert ("drift check" in file.read_text(), file.stat().st_mode & 0o777) == (True, 0o644)
    monkeypatch.setattr(drift_schedules, "CRON_FILE", str(tmp_path / "missing" / "cron.d"))
    failed = site.run("drift", "install", "--cron", "--apply")
    assert failed.code == 2
    assert "the schedule cannot be written" in failed.err


def test_what_is_for_others_is_printed_only(site: Site) -> None:
    assert site.run("drift", "install", "--alerts", "--apply").code == 2
    assert "groups" in yaml.safe_load(site.run("drift", "install", "--alerts").out)
    assert json.loads(site.run("drift", "install", "--dashboard").out)["panels"]
    cluster = site.run("drift", "install", "--kubernetes", "--", "-l", "cp-1").out
    assert "# FROM docker.io/library/python:3.13-slim\n" in cluster
    assert [entry["kind"] for entry in yaml.safe_load_all(cluster)][-1] == "CronJob"


def test_a_line_end_never_reaches_a_schedule(site: Site) -> None:
    assert site.run("drift", "install", "--cron", "--", "-l", "x\n* * * * * root reboot").code == 2
