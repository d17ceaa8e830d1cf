"""Checks as a page: which columns it has, what a cell opens, and what the first line says."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from tests.fakes.machines import subject

from podwright.inventory.waivers import Waiver
from podwright.operations.node_check import NodeChecked
from podwright.operations.report import NodeResult, Report, Status
from podwright.plan.facts import Swap
from podwright.plan.node_checks.check import Profile, Subject
from podwright.plan.node_checks.table import judge_nodes
from podwright.problem import Problem
from podwright.reports.html import page_html
from podwright.reports.html_cards import Cards, command
from podwright.reports.node_checks_page import checks_page
from podwright.reports.page import NODE, Page, State

SWAPPING = Swap(("/dev/vda5",), ())
AWAY = NodeResult("n9", Status.UNREACHABLE, NodeChecked(), (Problem("cannot connect", node="n9"),))


def page_of(*subjects: Subject, away: tuple[NodeResult[NodeChecked], ...] = ()) -> Page:
    found = [
        one
        for one in judge_nodes(subjects, [Profile.STATIC_PODS], "2026-11-30")
        if not one.check.id.startswith("duplicate")
    ]
    nodes = [
        NodeResult(name, Status.OBSERVED, NodeChecked(tuple(one for one in found if one.node == name)))
        for name in (one.node.name for one in subjects)
    ]
    return checks_page(Report("NodeChecks", (*nodes, *away)), (("checked", "now"),))


def test_only_checks_that_some_node_does_not_pass_are_columns() -> None:
    page = page_of(subject("n1", name_servers=()), subject("n2", swap=SWAPPING), away=(AWAY,))
    first, second, third = page.rows
    assert list(second.cells) == ["swap-on", "name-servers", "other checks"]
    assert [(cell.state, cell.words) for cell in first.cells.values()][:2] == [
        (State.WELL, "pass"), (State.DRIFT, "warn"),
    ]  # fmt: skip
    assert second.cells["swap-on"].words == "fail"
    assert first.cells["other checks"].words == second.cells["other checks"].words
    assert (third.blind, third.cells[NODE].card.items[0].remedy) == (True, ("node", "check"))
    assert page.verdict.startswith("3 nodes, 1 not reached: of ")


def test_all_numbers_are_those_of_the_terminal_and_say_of_what() -> None:
    page = page_of(subject("n1", swap=SWAPPING, name_servers=()), subject("n2", swap=SWAPPING), away=(AWAY,))
    assert " results 2 fail, 1 warn, " in page.verdict
    states = Counter(cell.state for row in page.rows for cell in row.cells.values())
    assert (states[State.CRITICAL], states[State.DRIFT]) == (2, 1)
    text = page_html(page, lambda text: text)
    assert "Show nodes whose worst is" in text
    assert [re.search(rf"id=show-{css} .*?<b>(.*?)</b>", text)[1] for css in ("critical", "drift", "unknown")] == [
        "2 nodes", "0 nodes", "1 node",
    ]  # fmt: skip


def test_a_card_has_what_was_seen_and_a_command_to_copy() -> None:
    [row] = page_of(subject("n1", swap=SWAPPING)).rows
    card = row.cells["swap-on"].card
    assert card.evidence == (("swap-on", "/dev/vda5", "none (/proc/swaps)"),)
    [item] = card.items
    assert command(item, ["n1"]) == "swapoff -a"
    assert "`podwright_node: {swap: off}`" in item.hint


def test_what_no_command_mends_alone_is_said_in_words() -> None:
    [row] = page_of(subject("n1", name_servers=())).rows
    [item] = row.cells["name-servers"].card.items
    assert (item.remedy, "mend: name one in /etc/resolv.conf" in item.hint) == ((), True)


def test_a_waived_finding_does_not_count_and_says_why() -> None:
    waiver = Waiver("", "old disks", "2027-01-31", check="swap-on")
    page = page_of(subject("n1", swap=SWAPPING, settings={"waivers": (waiver,)}))
    cell = page.rows[0].cells["swap-on"]
    assert (cell.state, cell.words) == (State.EXCUSED, "waived")
    assert cell.card.items[0].hint == "waived until 2027-01-31: old disks"
    assert " results 1 waived, " in page.verdict


def test_what_nodes_share_is_one_card() -> None:
    subjects = [subject(f"n{number}") for number in range(3)]
    found = tuple(judge_nodes(subjects, [Profile.STATIC_PODS], "2026-11-30"))
    nodes = tuple(
        NodeResult(name, Status.OBSERVED, NodeChecked(tuple(one for one in found if one.node == name)))
        for name in ("n0", "n1", "n2")
    )
    groups = Cards(checks_page(Report("NodeChecks", nodes), ())).groups
    assert sorted(
        (*group.columns, len(group.nodes)) for group in groups if group.state is not State.WELL
    ) == [(f"duplicate-{name}", 3) for name in ("address", "host-name", "machine-id", "product-uuid")]


@pytest.mark.parametrize("count", [1, 40])
def test_equal_findings_of_many_nodes_are_one_card(count: int) -> None:
    page = page_of(*(subject(f"n{number}", swap=SWAPPING) for number in range(count)))
    text = page_html(page, lambda text: text)
    assert text.count("<code class=copy>swapoff -a</code>") == 1


def test_what_a_node_says_is_only_ever_text() -> None:
    text = page_html(page_of(subject("n1", swap=Swap(("<script>x</script>\x1b[2J",), ()))), lambda text: text)
    assert "<script>x" not in text
    assert "&lt;script&gt;x&lt;/script&gt;" in text
    assert "\x1b" not in text
