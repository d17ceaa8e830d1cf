"""What runs a check again and again does what it says, and its readers take it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.fakes.copies import replace

from podwright.reports.drift_schedules import Job, cron_files, kubernetes_objects, systemd_files


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """Its program writes down what it is given, in a folder whose name needs care everywhere."""
    folder = tmp_path / 'a site 100% "mine"'
    folder.mkdir()
    program = tmp_path / "podwright"
    program.write_text(f'#!/bin/sh\nprintf \'%s\\n\' "$PWD" "$@" >> {tmp_path}/calls\n')
    program.chmod(0o755)
    return Job(str(program), ("-l", "a b%c"), str(folder), "ops")


def cron_command(job: Job) -> str:
    """As cron gives it to sh."""
    [text] = cron_files(job).values()
    comment, entry = text.splitlines()
    assert comment.startswith("#")
    assert entry.startswith("*/10 * * * * ops ")
    return entry.split(" ", 6)[6].replace("\\%", "%")


def test_cron_runs_the_check_in_the_sites_folder_with_every_word_whole(job: Job, tmp_path: Path) -> None:
    command = cron_command(job)
    assert 'sleep "$(shuf -i 0-59 -n 1)"' in command
    subprocess.run(["sh", "-c", command.replace("0-59", "0-0")], check=True)
    expected = [job.folder, "drift", "check", "--quiet", "-l", "a b%c"]
    assert (tmp_path / "calls").read_text().splitlines() == expected


def test_a_round_that_overlaps_another_is_left_out(job: Job, tmp_path: Path) -> None:
    with subprocess.Popen(["flock", job.folder, "sh", "-c", "echo; read x"], stdin=-1, stdout=-1) as other:
        assert other.stdout
        assert other.stdout.readline()
        answer = subprocess.run(
            ["sh", "-c", cron_command(job).replace("0-59", "0-0")],
            capture_output=True,
            text=True,
            check=False,
        )
        other.communicate(b"end\n")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    assert not (tmp_path / "calls").exists()


def test_systemd_has_nothing_to_say_about_the_units(job: Job, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    files = systemd_files(replace(job, user="root", folder="/", writable=(str(tmp_path / "a b"),)))
    for path, text in files.items():
        (tmp_path / Path(path).name).write_text(text)
    service = files["/etc/systemd/system/podwright-drift.service"]
    assert f'ReadWritePaths="{tmp_path}/a b"\n' in service
    assert f'ExecStart={job.program} drift check --quiet -l "a b%%c"\n' in service
    if analyze:
        units = [str(tmp_path / Path(path).name) for path in files]
        answer = subprocess.run([analyze, "verify", *units], capture_output=True, text=True, check=False)
        assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


def test_every_line_of_a_unit_is_a_section_a_setting_or_a_comment(job: Job) -> None:
    for text in systemd_files(job).values():
        lines = [line for line in text.splitlines() if line and line[0] not in "[#"]
        assert all("=" in line for line in lines)
        names = [line.partition("=")[0] for line in lines if not line.startswith("Environment")]
        assert len(names) == len(set(names))


def test_the_job_in_a_cluster_may_read_pods_and_nodes_and_nothing_else() -> None:
    objects = {entry["kind"]: entry for entry in kubernetes_objects(("-l", "cp-*"))}
    assert list(objects) == ["Namespace", "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "CronJob"]
    assert objects["ClusterRole"]["rules"] == [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]},
        {"apiGroups": [""], "resources": ["nodes"], "verbs": ["get"]},
    ]
    spec = objects["CronJob"]["spec"]
    assert (spec["schedule"], spec["concurrencyPolicy"]) == ("*/10 * * * *", "Forbid")
    pod = spec["jobTemplate"]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert container["command"] == ["podwright", "drift", "check", "-l", "cp-*"]
    assert {mount["name"] for mount in container["volumeMounts"]} == {one["name"] for one in pod["volumes"]}
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert pod["securityContext"]["runAsNonRoot"]
