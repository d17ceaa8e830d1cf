"""`podwright drift install`: prints, or writes, what checks for drift again and again and what watches that."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import click

from podwright.cli.console import note, show_lines
from podwright.cli.options import Argument, Option, options
from podwright.cli.site_options import Site
from podwright.errors import UsageError
from podwright.exit_codes import ExitCode

_METRICS = "--prometheus-file"


@dataclass(frozen=True, slots=True)
class InstallOptions:
    """What `drift install` takes."""

    site: Site
    cron: Annotated[bool, Option("--cron", "A cron entry with a lock and jitter.")] = False
    systemd: Annotated[bool, Option("--systemd", "A hardened systemd service and its timer.")] = False
    kubernetes: Annotated[
        bool, Option("--kubernetes", "A CronJob that may read pods and nodes, and the file of its image.")
    ] = False
    alerts: Annotated[bool, Option("--alerts", "Alert rules for Prometheus.")] = False
    dashboard: Annotated[bool, Option("--dashboard", "A dashboard for Grafana.")] = False
    apply: Annotated[
        bool, Option("--apply", "With --cron or --systemd: write it to this machine, not to the screen.")
    ] = False
    check: Annotated[tuple[str, ...], Argument("[-- CHECK_OPTIONS]", type=click.UNPROCESSED)] = ()


@click.command("install")
@options(InstallOptions)
def install(given: InstallOptions) -> int:
    """Print what checks this site for drift every 10 minutes, or what watches the checks.

    Options of `drift check` follow after `--`. The site is the current folder.
    """
    names = ("cron", "systemd", "kubernetes", "alerts", "dashboard")
    if [getattr(given, name) for name in names].count(True) != 1:
        raise UsageError("say what to install", f"give one of {', '.join(f'`--{name}`' for name in names)}")
    if given.cron or given.systemd:
        files = _on_this_machine(given)
        if given.apply:
            return _written(files, given)
        show_lines(f"# {path}\n{text}" for path, text in files.items())
    elif given.apply:
        raise UsageError("`--apply` writes for this machine only", "leave it out, and redirect the output")
    else:
        click.echo(_elsewhere(given), nl=False)
    return ExitCode.DONE


def _on_this_machine(given: InstallOptions) -> Mapping[str, str]:
    from podwright.reports.drift_schedules import Job, cron_files, systemd_files

    program, folder = str(Path(sys.argv[0]).absolute()), Path.cwd()
    if any("\n" in word for word in (program, str(folder), *given.check)):
        raise UsageError(
            "a line end cannot stand in a schedule", "rename the folder, or leave the option out"
        )
    job = Job(program, given.check, str(folder), getpass.getuser(), tuple(_metrics_folders(given, folder)))
    return cron_files(job) if given.cron else systemd_files(job)


def _metrics_folders(given: InstallOptions, folder: Path) -> list[str]:
    values = [word.partition("=")[2] for word in given.check if word.startswith(f"{_METRICS}=")]
    values += [after for word, after in zip(given.check, given.check[1:], strict=False) if word == _METRICS]
    return [str((folder / value).parent) for value in values]


def _written(files: Mapping[str, str], given: InstallOptions) -> int:
    from podwright.cli.report_files import told, write_whole

    for path, text in files.items():
        with told(Path(path), "the schedule"):
            write_whole(Path(path), text, mode=0o644)
        note(f"wrote `{path}`")
    if given.systemd:
        note("start it: `systemctl daemon-reload && systemctl enable --now podwright-drift.timer`")
    return ExitCode.DONE


def _elsewhere(given: InstallOptions) -> str:
    import json

    import yaml

    from podwright.reports.drift_schedules import CONTAINER_FILE, kubernetes_objects
    from podwright.reports.prometheus_alerts import alert_rules, dashboard

    if given.dashboard:
        return json.dumps(dashboard(), indent=2) + "\n"
    if given.alerts:
        return yaml.safe_dump(alert_rules(), sort_keys=False, width=120)
    image = "".join(f"# {line}\n" for line in CONTAINER_FILE.splitlines())
    head = f"# the image `podwright-drift:latest` is built of this Containerfile, in the site's folder:\n#\n{image}---\n"
    return head + yaml.safe_dump_all(kubernetes_objects(given.check), sort_keys=False, width=120)
