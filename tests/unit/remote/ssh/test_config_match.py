"""When a `Host` or `Match` line holds; OpenSSH's own opinion is in test_config.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.errors import HostError
from podwright.problem import Place
from podwright.remote.ssh.config_match import PatternList, Subject, criteria_of_host, criteria_of_match

PLACE = Place("config", 3)


@pytest.mark.parametrize(
    ("patterns", "holds"),
    [
        (["web-1"], True),
        (["web-?"], True),
        (["*"], True),
        (["*", "!web-*"], False),
        (["!db"], False),
        (["web"], False),
        (["web-[12]"], False),
    ],
)
def test_one_pattern_must_match_and_no_negated_one(patterns: list[str], holds: bool) -> None:
    assert PatternList(patterns).matches("web-1") is holds


def holds(line: str, subject: Subject) -> bool:
    return all(criterion.matches(subject) for criterion in criteria_of_match(tuple(line.split("|")), PLACE))


SUBJECT = Subject("web-1", {"hostname": ["%h.internal"], "user": ["deploy"], "tag": ["prod"]})


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("all", True),
        ("!all", False),
        ("host|*.internal", True),
        ("originalhost|web-1|user|deploy,ops", True),
        ("!user|deploy", False),
        ("user=deploy", True),
        ("tagged|prod|sessiontype|exec", True),
        ("final", False),
        ("canonical", False),
        ("exec|test %h = web-1.internal", True),
        ("exec|exit 3", False),
        ("!exec|no-such-program", True),
        ("exec|yes", False),
    ],
)
def test_a_match_holds_if_every_criterion_does(
    line: str, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("podwright.remote.ssh.config_match.EXEC_SECONDS", 0.5)
    assert holds(line, SUBJECT) is expected


def test_the_last_pass_is_asked_for_by_final_only() -> None:
    [final] = criteria_of_match(("final",), PLACE)
    assert final.final
    assert final.matches(Subject("web-1", {}, final=True))
    assert not criteria_of_match(("canonical",), PLACE)[0].final


@pytest.mark.parametrize(
    ("line", "message"), [("host", "has no value"), ("localnetwork|10/8", "is not understood")]
)
def test_what_cannot_be_decided_is_named(line: str, message: str) -> None:
    with pytest.raises(HostError, match=message):
        criteria_of_match(tuple(line.split("|")), PLACE)


def test_a_command_is_run_once_for_all_hosts_that_ask_it(tmp_path: Path) -> None:
    line = f"exec|echo x >>{tmp_path}/asked"
    assert holds(line, SUBJECT)
    assert holds(line, SUBJECT)
    assert (tmp_path / "asked").read_text() == "x\n"


def test_a_host_line_asks_for_the_name_as_it_was_given() -> None:
    [criterion] = criteria_of_host(("*.internal",), PLACE)
    assert not criterion.matches(SUBJECT)
