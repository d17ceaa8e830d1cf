"""`drift check` as a cron job sees it."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from tests.cli.conftest import Site
from tests.fakes.nouns import manifest, pod_text
from tests.unit.cli.terminal import on_a_terminal
from tests.unit.operations.conftest import FakeNode

WEB = manifest()


def test_a_file_that_is_not_there_is_one_line_and_exit_3(one_node: Site) -> None:
    answer = one_node.run("drift", "check", "--wait-for", "file")
    assert answer.code == 3
    assert answer.out.startswith("n1: file-missing: web.yaml: ")
    assert answer.err == "1 node, 1 finding\n"


def test_a_clean_node_is_quiet(one_node: Site, node: FakeNode) -> None:
    node.place(WEB)
    answer = one_node.run("drift", "check", "--wait-for", "file", "-q")
    assert (answer.code, answer.out, answer.err) == (0, "", "")


@pytest.mark.parametrize(
    ("output", "shown"),
    [
        ("name", "n1/web.yaml\n"),
        ("json", None),
        ("jsonl", None),
    ],
)
def test_each_output_is_of_the_same_finding(one_node: Site, output: str, shown: str | None) -> None:
    answer = one_node.run("drift", "check", "--wait-for", "file", "-o", output)
    assert answer.code == 3
    if shown is None:
        document = json.loads(answer.out)
        assert (document["kind"], document["nodes"][0]["findings"][0]["drift"]) == (
            "DriftReport",
            "file-missing",
        )
    else:
        assert answer.out == shown


def test_what_could_not_be_checked_is_exit_4_and_last(one_node: Site, node: FakeNode) -> None:
    node.place(WEB)
    node.runs(WEB)
    node.mirrors.silent = "no answer"
    answer = one_node.run("drift", "check")
    assert answer.code == 4
    assert answer.err.startswith("1 node, 0 findings, 1 not fully checked\nerror: n1: ")


@pytest.mark.parametrize("command", [("check",), ("fix", "--dry-run")])
def test_what_is_folded_of_a_line_does_not_look_like_a_finding(
    one_node: Site, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    waiver = f"{{drift: file-missing, reason: {'it comes on Monday ' * 5}, until: '9999-12-31'}}"
    one_node.inventory.write_text(
        f"all: {{hosts: {{n1: {{}}}}, vars: {{static_pods: [web], podwright_waivers: [{waiver}]}}}}\n"
    )
    terminal = on_a_terminal(monkeypatch)
    one_node.run("drift", *command, "--wait-for", "file")
    lines = click.unstyle(terminal.getvalue()).splitlines()
    first = next(at for at, line in enumerate(lines) if line.startswith("n1: waived: "))
    assert lines[first + 1].startswith("    ")


def test_what_is_waived_is_shown_with_its_reason_and_does_not_count(one_node: Site, tmp_path: Path) -> None:
    waiver = "[{drift: file-missing, file: web.yaml, reason: comes on Monday, until: UNTIL}]"
    one_node.inventory.write_text(
        "all: {hosts: {n1: {}}, vars: {static_pods: [web], podwright_waivers: WAIVERS}}\n".replace(
            "WAIVERS", waiver
        ).replace("UNTIL", "9999-12-31")
    )
    check = ("drift", "check", "--wait-for", "file")
    answer = one_node.run(*check, "--prometheus-file", str(tmp_path / "x.prom"))
    assert (answer.code, answer.err) == (0, "1 node, 0 findings, 1 waived\n")
    assert answer.out == (
        "n1: waived: web.yaml: file-missing: it should be there (until 9999-12-31: comes on Monday)\n"
    )
    assert 'kind="file-missing"} 0\n' in (tmp_path / "x.prom").read_text()
    assert one_node.run(*check, "-q").out == ""
    assert one_node.run(*check, "--nagios").code == 0
    [node] = json.loads(one_node.run(*check, "-o", "json").out)["nodes"]
    assert node["excused"][0].pop("firstSeen")
    assert (node["findings"], node["excused"]) == (
        [],
        [
            {
                "drift": "file-missing",
                "severity": "critical",
                "subject": "web.yaml",
                "detail": "it should be there",
                "meaning": "its pod does not run; a push writes it again",
                "remedy": "podwright manifest push --diff --only=web --limit n1",
                "reported": False,
                "excuse": "waived",
                "why": "until 9999-12-31: comes on Monday",
            }
        ],
    )
    one_node.inventory.write_text(one_node.inventory.read_text().replace("9999-12-31", "2026-01-31"))
    ended = one_node.run(*check)
    assert (ended.code, ended.out.splitlines()[1]) == (
        3,
        "n1: waiver-expired: web.yaml: the waiver of `file-missing` ended on 2026-01-31: comes on Monday",
    )


def test_only_the_named_pods_are_compared(one_node: Site, node: FakeNode) -> None:
    one_node.template("other", pod_text("other"))
    one_node.inventory.write_text("all: {hosts: {n1: {}}, vars: {static_pods: [web, other]}}\n")
    node.place(WEB)
    assert one_node.run("drift", "check", "--wait-for", "file", "--only", "web").code == 0
    assert one_node.run("drift", "check", "--wait-for", "file").code == 3
