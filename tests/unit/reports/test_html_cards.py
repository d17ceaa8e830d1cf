"""Cards of a page: who shares one, and the command on it."""

from __future__ import annotations

from podwright.reports.html_cards import MOST_LINES, Cards, Group, card_html, command
from podwright.reports.page import Card, Cell, Item, Page, Row, State

ITEM = Item(State.DRIFT, "file-changed", "web.yaml", "edited", "", ("manifest", "push", "--only=web"))


def cards_of(*rows: Row) -> Cards:
    return Cards(Page("", "", (), rows))


def changed(node: str, *, image: str = "web:1") -> Row:
    card = Card((ITEM,), diff=f"-  name: {node}-x\n-  image: {image}\n+  name: {node}-y\n")
    return Row(node, {"web.yaml": Cell(State.DRIFT, "file-changed", card)})


def test_nodes_that_differ_in_names_alone_share_a_card() -> None:
    groups = cards_of(changed("n1"), changed("n2"), changed("n3", image="web:2")).groups
    assert [group.nodes for group in groups] == [["n1", "n2"], ["n3"]]


def test_what_is_in_sync_has_one_card_whatever_the_file() -> None:
    cell = Cell(State.WELL, "in sync", Card())
    [group] = cards_of(Row("n1", {"a.yaml": cell, "b.yaml": Cell(State.WELL, "in sync", Card())})).groups
    assert group.nodes == ["n1", "n1"]


def test_the_worst_comes_first() -> None:
    cards = cards_of(
        Row("n1", {"a.yaml": Cell(State.WELL, "in sync", Card())}),
        Row("n2", {"a.yaml": Cell(State.UNKNOWN, "mirror unknown", Card())}),
        Row("n3", {"a.yaml": Cell(State.CRITICAL, "file-missing", Card())}),
    )
    assert [group.state for group in cards.groups] == [State.CRITICAL, State.UNKNOWN, State.WELL]


def test_a_command_names_its_nodes_unless_they_are_all() -> None:
    assert command(ITEM, ["n1", "n2"]) == "podwright manifest push --only=web --limit n1,n2"
    assert command(ITEM, []) == "podwright manifest push --only=web"


def test_a_name_from_a_node_cannot_end_the_command() -> None:
    item = Item(State.DRIFT, "folder-open", "", "", "", ("chmod", "go-w", "/x; rm -r $HOME"), on_node=True)
    assert command(item, ["n1"]) == "chmod go-w '/x; rm -r $HOME'"


def test_a_long_diff_is_cut() -> None:
    card = Card((ITEM,), diff="+a\n" * (MOST_LINES + 5))
    text = "".join(
        card_html(Group(State.DRIFT, card, {"web": None}, ["n1"]), Page("", "", (), ()), str, opened=True)
    )
    assert text.count("<ins>") == MOST_LINES
    assert "5 more lines: podwright manifest diff" in text


def test_what_is_a_nodes_own_keeps_no_card_apart_and_says_whose_it_is() -> None:
    def row(node: str, age: str) -> Row:
        card = Card((ITEM,), (("file", "yes", ""), ("age", "", f"the file was written {age} ago")))
        return Row(node, {"web.yaml": Cell(State.DRIFT, "file-changed", card)})

    [group] = cards_of(row("n1", "5m"), row("n2", "3d")).groups
    assert group.nodes == ["n1", "n2"]
    text = "".join(card_html(group, Page("", "", (), ()), str, opened=True))
    assert "<th scope=row>age on n1<td><td>the file was written 5m ago" in text
    [alone] = cards_of(row("n1", "5m")).groups
    assert "<th scope=row>age<td>" in "".join(card_html(alone, Page("", "", (), ()), str, opened=True))


def shown(*items: Item, columns: tuple[str, ...] = ("web",), state: State = State.DRIFT) -> str:
    nodes = [f"n{number}" for number in range(20)]
    group = Group(state, Card(items), dict.fromkeys(columns), nodes)
    return "".join(card_html(group, Page("", "", (), ()), str, opened=True))


def test_what_is_alike_of_many_findings_is_said_once() -> None:
    strays = [
        Item(State.CRITICAL, "file-stray", name, "", "move it away", ("mv", name), on_node=True)
        for name in ("a.bak", "b.bak")
    ]
    unmanaged = [
        Item(State.DRIFT, "file-unmanaged", name, "", "name it", ("manifest", "status")) for name in "cd"
    ]
    text = shown(*strays, *unmanaged)
    assert [text.count(one) for one in ("move it away", "name it", "class=copy>mv ", "manifest status")] == [
        1,
        1,
        2,
        1,
    ]


def test_what_is_well_says_of_which_files_or_of_how_many() -> None:
    for columns, words in ((("a", "b"), "a, b on "), (tuple("abcd"), "4 manifests on ")):
        assert f"<span>{words}n0, n1, n2 and 17 more nodes</span>" in shown(columns=columns, state=State.WELL)
