"""The front door: help that costs nothing, usage errors, failures in words, bugs in a log file."""

from __future__ import annotations

import os
import pty
import re
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from tests.cli.conftest import Site
from tests.fakes.nouns import manifest

from podwright.cli import app as app_module
from podwright.cli.console import confirm

HEAVY = (
    "fabric",
    "paramiko",
    "jinja2",
    "cerberus",
    "rich",
    "yaml",
    "cryptography",
    "asyncio",
    "http.client",
    "ssl",
)


def imported_by(*arguments: str) -> set[str]:
    result = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "podwright", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return {line.rpartition("|")[2].strip() for line in result.stderr.splitlines() if "|" in line}


@pytest.mark.parametrize("arguments", [("--help",), ("manifest", "--help"), ("--version",)])
def test_help_imports_nothing_that_is_not_needed_for_it(arguments: tuple[str, ...]) -> None:
    imported = imported_by(*arguments)
    assert not imported & set(HEAVY)
    assert not {name for name in imported if name.startswith(("podwright.remote", "podwright.operations"))}


def test_a_run_without_the_api_imports_nothing_of_it(tmp_path: Path) -> None:
    (tmp_path / "i.yaml").write_text("all: {hosts: {cp-1: {ansible_host: 127.0.0.1, ansible_port: 1}}}\n")
    (tmp_path / "templates").mkdir()
    site = (
        "-i",
        str(tmp_path / "i.yaml"),
        "--templates",
        str(tmp_path / "templates"),
        "--ssh-config",
        "none",
    )
    words = [sys.executable, "-X", "importtime", "-m", "podwright", *site, "--no-api", "drift", "check"]
    imported = subprocess.run(words, capture_output=True, text=True, check=False).stderr
    assert "podwright.remote.ssh.link" in imported
    for name in (
        "podwright.remote.kube.client",
        "podwright.remote.kube.mirror_watch",
        "urllib3",
        "configparser",
    ):
        assert name not in imported


def test_shell_completion_lists_commands_and_imports_nothing_heavy() -> None:
    environment = {
        "_PODWRIGHT_COMPLETE": "bash_complete",
        "COMP_WORDS": "podwright manifest pu",
        "COMP_CWORD": "2",
    }
    result = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "from podwright.cli.main import main; main()"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "plain,push" in result.stdout
    imported = {line.rpartition("|")[2].strip() for line in result.stderr.splitlines() if "|" in line}
    assert not imported & {"fabric", "paramiko", "jinja2", "cerberus", "rich"}


def test_a_lab_that_is_not_installed_is_named(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "podwright_lab"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(
        sys, "path", [entry for entry in sys.path if not (Path(entry) / "podwright_lab").is_dir()]
    )
    answer = site.run("lab", "up")
    assert answer.code == 1
    assert answer.err == (
        "error: the lab is not installed: there is no Python package `podwright_lab`\n\n"
        "hint: install podwright from its own wheel, which holds the lab too\n"
    )


def test_nothing_but_the_groups_name_leads_to_the_lab() -> None:
    package = Path(app_module.__file__).parents[1]
    naming = {path.name for path in package.rglob("*.py") if "podwright_lab" in path.read_text("utf-8")}
    assert naming == {"main.py"}


def test_version_is_the_packages(site: Site) -> None:
    assert re.fullmatch(r"podwright \d+\.\d+\.\d+\n", site.run("--version").out)


def test_an_unknown_command_is_a_usage_error_with_a_hint(site: Site) -> None:
    answer = site.run("manifst")
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.startswith("error: No such command 'manifst'")
    assert "\nhint: try `podwright --help`" in answer.err


def test_an_unknown_option_names_the_command_to_ask(site: Site) -> None:
    answer = site.run("manifest", "push", "--frobnicate")
    assert answer.code == 2
    assert "hint: try `podwright manifest push --help`" in answer.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("manifst",), "error: No such command 'manifst': did you mean `manifest`?\n"),
        (("manifest", "psuh"), "error: No such command 'psuh': did you mean `push`?\n"),
        (("push",), "error: No such command 'push': did you mean `podwright manifest push`?\n"),
        (
            ("statsu",),
            "error: No such command 'statsu': did you mean `podwright manifest status` or `podwright rollout status` or "
            "`podwright lab status`?\n",
        ),
        (
            ("manifest", "chekc"),
            "error: No such command 'chekc': did you mean `podwright node check` or `podwright inventory check` or "
            "`podwright drift check`?\n",
        ),
        (("-v",), "error: No such option '-v'.\n"),
        (
            ("-l", "cp-1", "manifest", "validate"),
            "error: No such option '-l': it goes after the command, as in `podwright manifest validate -l`\n",
        ),
        (
            ("-l", "cp-1", "node", "check"),
            "error: No such option '-l': it goes after the command, as in `podwright node check -l`\n",
        ),
        (
            ("manifest", "--dry-run", "remove", "web"),
            "error: No such option '--dry-run': it goes after the command, as in `podwright manifest remove --dry-run`\n",
        ),
        (
            ("-l", "cp-1"),
            "error: No such option '-l': it goes after the command, as in `podwright manifest history -l`\n",
        ),
        (
            ("manifest", "--limit", "cp-1"),
            "error: No such option '--limit': it goes after the command, as in ",
        ),
        (("lab", "staus"), "error: No such command 'staus': did you mean `status`?\n"),
        (("manifest", "push", "--dryrun"), "error: No such option '--dryrun': did you mean `--dry-run`?\n"),
        (
            ("manifest", "push", "--kubconfig", "x"),
            "error: No such option '--kubconfig': did you mean `--kubeconfig`?",
        ),
        (
            ("node", "check", "--profile", "contol-plane"),
            "error: Invalid value for '--profile': 'contol-plane' is not one of 'static-pods', 'control-plane', 'cis'. "
            "Did you mean `control-plane`?\n",
        ),
        (
            ("manifest", "push", "--wait-for", "redy"),
            "error: Invalid value for '--wait-for': 'redy' is not one of 'file', 'running', 'mirror', 'ready'. "
            "Did you mean `ready`?\n",
        ),
        (
            ("schema", "DriftRepor"),
            "error: Invalid value for 'KIND': 'DriftRepor' is not one of 'DriftReport', 'ManifestStatus', 'NodeChecks', "
            "'NodeFacts'. Did you mean `DriftReport`?\n",
        ),
        (
            ("node", "check", "--profile", "cluster"),
            "error: Invalid value for '--profile': 'cluster' is not one of 'static-pods', 'control-plane', 'cis'.\n",
        ),
        (("manifest", "recreate"), "error: No such command 'recreate'.\n"),
        (("manifest", "push", "--frobnicate"), "error: No such option '--frobnicate'.\n"),
    ],
)
def test_what_is_mistyped_gets_a_suggestion_only_if_it_is_near(
    site: Site, arguments: tuple[str, ...], said: str
) -> None:
    answer = site.run(*arguments)
    assert answer.code == 2
    assert answer.err.startswith(said)


def test_a_bug_leaves_its_traceback_in_a_file_and_not_on_the_screen(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_self: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(app_module.App, "inventory", broken)
    answer = site.run("manifest", "validate")
    assert answer.code == 1
    assert "Traceback" not in answer.err
    [path] = re.findall(r"`(\S+\.log)`", answer.err)
    assert "ZeroDivisionError: a bug" in Path(path).read_text()
    assert Path(path).stat().st_mode & 0o077 == 0


def test_site_options_stand_before_the_command_after_it_and_in_the_environment(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    inventory, templates = str(site.inventory.parent), str(site.templates)
    before = site.run("-i", inventory, "--templates", templates, "manifest", "render", "-l", "cp-1")
    after = site.run("manifest", "render", "-i", inventory, "--templates", templates, "-l", "cp-1")
    monkeypatch.setenv("PODWRIGHT_INVENTORY", inventory)
    monkeypatch.setenv("PODWRIGHT_TEMPLATES", templates)
    monkeypatch.setenv("PODWRIGHT_LIMIT", "cp-1")
    by_environment = site.run("manifest", "render")
    assert before.code == after.code == by_environment.code == 0
    assert before.out == after.out == by_environment.out
    assert before.out.startswith("---\n# cp-1/web.yaml\n")


def test_several_inventories_are_one(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    more = site.folder / "more.yaml"
    more.write_text("all: {hosts: {cp-3: {}}}\n")
    given = site.run("-i", "inventory", "-i", "more.yaml", "manifest", "render", "-l", "cp-1,cp-3")
    assert "# cp-1/web.yaml" in given.out
    assert "# cp-3/web.yaml" in given.out
    monkeypatch.setenv("PODWRIGHT_INVENTORY", "inventory:more.yaml")
    assert site.run("manifest", "render", "-l", "cp-1,cp-3").out == given.out
    assert (
        "no inventory at `nowhere`" in site.run("-i", "inventory", "-i", "nowhere", "manifest", "render").err
    )


def test_limits_that_are_given_one_by_one_are_a_union(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.inventory.write_text("all: {hosts: {a: {}, b: {}, c: {}}, vars: {static_pods: [web]}}\n")

    def nodes(*arguments: str) -> list[str]:
        return re.findall(r"^# (\w+)/web", site.run("manifest", "render", *arguments).out, re.MULTILINE)

    assert nodes("-l", "a", "-l", "c") == ["a", "c"]
    assert nodes("-l", "all", "-l", "!b") == ["a", "c"]
    assert nodes("-l", "a,b", "--limit", "b") == ["a", "b"]
    monkeypatch.setenv("PODWRIGHT_LIMIT", "a, c")
    assert nodes() == ["a", "c"]
    assert nodes("-l", "b") == ["b"]


@pytest.mark.parametrize("command", [("push", "-y"), ("remove", "-y", "web")])
def test_an_exit_code_for_pending_changes_never_makes_them(site: Site, command: tuple[str, ...]) -> None:
    answer = site.run("--no-api", "manifest", *command, "--exit-code")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == (
        "error: `--exit-code` reports pending changes, so it needs `--dry-run`\n\n"
        "hint: add `--dry-run`, or leave `--exit-code` out to make the changes\n"
    )


@pytest.mark.parametrize("variable", ["PODWRIGHT_DRY_RUN", "PODWRIGHT_CHECK"])
def test_each_name_of_an_option_is_a_variable(
    site: Site, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """A dry run that is asked for by the other name must not write."""
    monkeypatch.setenv(variable, "1")
    answer = site.run("--no-api", "manifest", "push")
    assert "no terminal to ask on" not in answer.err
    monkeypatch.setenv(variable, "perhaps")
    assert f"check `{variable}`" in site.run("--no-api", "manifest", "push").err


def test_no_terminal_without_yes_is_a_usage_error_if_anything_would_change(one_node: Site, node) -> None:
    web = manifest()
    for command, before in (("push",), None), (("remove", "web"), web.text(1)):
        if before:
            node.place(web)
        answer = one_node.run("manifest", *command, "--wait-for", "file")
        assert (answer.code, node.file()) == (2, before)
        assert answer.err == (
            "error: there is no terminal to ask on\n\nhint: give -y to go ahead, or --dry-run to see the plan\n"
        )


def test_no_terminal_is_needed_if_nothing_would_change(one_node: Site, node) -> None:
    node.place(manifest())
    answer = one_node.run("manifest", "push", "--wait-for", "file")
    assert (answer.code, "unchanged" in answer.out) == (0, True), answer.err


def test_a_canary_that_is_not_chosen_is_a_usage_error_before_anything_is_asked_of_a_node(site: Site) -> None:
    """It would go with the others, unseen."""
    answer = site.run("manifest", "push", "-y", "-l", "cp-1", "--canary", "cp-2")
    assert answer.code == 2
    assert "no chosen node is one of `--canary cp-2`" in answer.err


@pytest.mark.parametrize("said", [("--order", "cp1"), ()])
def test_a_rollout_that_names_what_is_not_there_is_a_usage_error(site: Site, said) -> None:
    site.inventory.write_text(
        "all: {hosts: {cp-1: {}}, vars: {static_pods: [web], podwright_rollout: {canary: cp1}}}\n"
    )
    answer = site.run("manifest", "push", "-y", *said)
    assert (answer.code, answer.out) == (2, "")
    assert "a rollout or a guard names `cp1`, which is neither a node nor a group" in answer.err
    assert "did you mean `cp-1`?" in answer.err


def test_a_guard_of_a_group_that_is_not_there_is_a_usage_error(site: Site) -> None:
    site.inventory.write_text(
        "all: {hosts: {cp-1: {}}, vars: {static_pods: [web], podwright_guard: {kind: etcd, group: cps}}}\n"
    )
    answer = site.run("manifest", "push", "-y")
    assert answer.code == 2
    assert "a rollout or a guard names `cps`" in answer.err


@pytest.mark.parametrize("arguments", [(), ("manifest",)])
def test_without_a_command_its_help_is_shown_and_nothing_is_called_an_error(
    site: Site, arguments: tuple[str, ...]
) -> None:
    answer = site.run(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("Usage: podwright")
    assert "error:" not in answer.err


def test_ctrl_c_at_the_question_says_that_nothing_was_changed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Terminal:
        def fileno(self) -> int:
            raise OSError

        def readline(self) -> str:
            raise KeyboardInterrupt

    monkeypatch.setattr("sys.stdin", Terminal())
    with pytest.raises(KeyboardInterrupt):
        confirm("go ahead?")
    assert capsys.readouterr().err == "go ahead? [y/N] \nnothing was changed\n"
    with pytest.raises(KeyboardInterrupt):
        confirm("go on?", left="no further node is begun")
    assert capsys.readouterr().err == "go on? [y/N] \nno further node is begun\n"


def run_with(redirection: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = f'exec "$@" {redirection}'
    program = [sys.executable, "-m", "podwright", *arguments]
    return subprocess.run(
        ["/bin/sh", "-c", command, "sh", *program], cwd=cwd, capture_output=True, text=True, check=False
    )


def test_a_closed_standard_input_is_no_terminal(
    one_node: Site, node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    answer = one_node.run("manifest", "push", "--wait-for", "file")
    assert (answer.code, node.file()) == (2, None)
    assert answer.err.startswith("error: there is no terminal to ask on")


def test_a_password_that_nobody_can_give_is_a_usage_error(site: Site) -> None:
    for redirection in ("<&-", "</dev/null"):
        answer = run_with(redirection, "-K", "--no-api", "manifest", "status", cwd=site.folder)
        assert answer.returncode == 2
        assert answer.stderr.startswith("error: cannot ask for the sudo password")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_under_standard_output_is_no_bug(
    site: Site, unbuffered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    answer = run_with(">/dev/full", "manifest", "render", cwd=site.folder)
    assert answer.returncode == 1
    assert answer.stderr == "error: the answer cannot be written: no space left on device\n"


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_records_that_cannot_be_written_end_no_run(
    site: Site, unbuffered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    answer = run_with(
        ">/dev/full", "--no-api", "manifest", "push", "-y", "-o", "jsonl", "--forks", "1", cwd=site.folder
    )
    assert answer.returncode == 1
    assert "error: cp-1: " in answer.stderr
    assert "error: cp-2: " in answer.stderr
    assert answer.stderr.endswith("error: the answer cannot be written: no space left on device\n")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_who_goes_away_is_no_bug(
    site: Site, unbuffered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    answer = run_with("| { exec <&-; }; exit 0", "manifest", "validate", "-o", "json", cwd=site.folder)
    assert answer.stderr == ""


def test_a_closed_standard_error_hides_no_answer(site: Site) -> None:
    answer = run_with("2>&-", "--no-api", "manifest", "push", "-y", cwd=site.folder)
    assert answer.returncode == 1
    assert "unreachable" in answer.stdout


def test_no_other_file_gets_the_number_of_a_closed_stream(site: Site) -> None:
    """It would be sent what is meant for a person."""
    program = (
        "from podwright.cli.standard_streams import open_standard_streams as o; o(); import os, sys;"
        " print(os.open('.', 0) > 2, sys.stdin, sys.stderr, file=open('seen', 'w'))"
    )
    command = f'exec {sys.executable} -c "{program}" <&- 2>&- >&-'
    subprocess.run(["/bin/sh", "-c", command], cwd=site.folder, check=True)
    seen = (site.folder / "seen").read_text()
    assert seen.startswith("True ")
    assert "None" not in seen


def test_a_reader_that_goes_away_is_left_in_silence(site: Site) -> None:
    answer = run_with("| :", "manifest", "render", cwd=site.folder)
    assert answer.stderr == ""


def test_a_wrong_value_names_the_variable_that_it_came_from(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PODWRIGHT_FORKS", "many")
    answer = site.run("manifest", "push")
    assert answer.code == 2
    assert "hint: it comes from the environment: check `PODWRIGHT_FORKS`" in answer.err


def on_a_terminal(*arguments: str, keys: bytes = b"", environment: dict[str, str], cwd: Path) -> str:
    """What the command line shows on a terminal on which `keys` were pressed before it began."""
    ours, its = pty.openpty()
    os.write(ours, keys)
    process = subprocess.Popen(
        [sys.executable, *arguments],
        stdin=its,
        stdout=its,
        stderr=its,
        cwd=cwd,
        env={**os.environ, **environment},
    )
    os.close(its)
    shown = b""
    with suppress(OSError):
        while part := os.read(ours, 65536):
            shown += part
            if b"[y/N]" in part:
                os.write(ours, b"n\n")
    os.close(ours)
    process.wait()
    return shown.decode()


@pytest.mark.parametrize(("value", "coloured"), [("", True), ("1", False)])
def test_no_color_is_respected(site: Site, value: str, coloured: bool) -> None:
    command = ("-m", "podwright", "manifest", "push", "-l", "nowhere")
    shown = on_a_terminal(*command, environment={"NO_COLOR": value}, cwd=site.folder)
    assert "`nowhere`" in shown
    assert ("\x1b[" in shown) is coloured


@pytest.mark.parametrize("command", [("manifest", "status"), ("drift", "check"), ("manifest", "push", "-y")])
def test_ctrl_c_while_a_node_keeps_silent_is_told_by_the_exit_code(
    site: Site, command: tuple[str, ...]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        site.inventory.write_text(
            f"all: {{hosts: {{cp-1: {{ansible_host: 127.0.0.1, ansible_port: {port}}}}}, vars: {{static_pods: [web]}}}}\n"
        )
        process = subprocess.Popen(
            [sys.executable, "-m", "podwright", "--no-api", "--connect-timeout", "1", *command],
            cwd=site.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        silent.settimeout(60)
        with silent.accept()[0]:
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert b"interrupted: finishing what was begun; nothing more is begun (once more to cut it off)" in err
    assert b"error: cp-1: " in err


def test_what_was_typed_before_the_question_is_no_answer(site: Site) -> None:
    program = "from podwright.cli.console import confirm; print('answer:', confirm('go ahead?'))"
    assert "answer: False" in on_a_terminal("-c", program, keys=b"y\n", environment={}, cwd=site.folder)
