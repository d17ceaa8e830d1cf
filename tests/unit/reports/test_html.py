"""A page as HTML text: what is in it, however hostile, and that it stays small."""

from __future__ import annotations

import base64
import re
from hashlib import sha256
from html.parser import HTMLParser

from podwright.reports.html import page_html
from podwright.reports.page import Card, Cell, Item, Page, Row, State

WELL = Cell(State.WELL, "in sync", Card(evidence=(("file", "yes", ""),)))


def text_of(*rows: Row, hide=str) -> str:
    return page_html(Page("podwright drift check", "verdict", (("checked", "now"),), rows, ("a note",)), hide)


def bad(text: str = "it should be there", state: State = State.CRITICAL) -> Cell:
    item = Item(state, "file-missing", "web.yaml", text, "push it", ("manifest", "push", "--only=web"))
    return Cell(state, "file-missing", Card((item,), diff=f"--- a\n+++ b\n-{text}\n"))


class Elements(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs) -> None:
        self.found.append((tag, dict(attrs)))


def test_whatever_stands_in_a_result_is_text() -> None:
    hostile = (
        "</pre></script><script>x()</script><a href=javascript:x() onclick='x()' style=\"y\">\x1b[2J\u202e"
    )
    row = Row(hostile, {hostile: Cell(State.CRITICAL, hostile, bad(hostile).card), "": WELL})
    elements = Elements(text_of(row)).found
    assert [tag for tag, _ in elements if tag in ("script", "img", "iframe", "link")] == ["script"]
    names = {name for _, attributes in elements for name in attributes}
    assert not {name for name in names if name.startswith("on") or name in ("style", "src")}
    assert {attributes["href"] for _, attributes in elements if "href" in attributes} == {"#card-0"}
    assert "\x1b" not in text_of(row)
    assert "\u202e" not in text_of(row)


def test_only_the_pages_own_script_and_style_may_run() -> None:
    text = text_of(Row("n1", {"web.yaml": WELL}))
    policy = re.search(r'Content-Security-Policy content="([^"]*)"', text)[1]
    for tag in ("script", "style"):
        body = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)[1]
        digest = base64.b64encode(sha256(body.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "//" not in re.sub(r"<(script|style)>.*?</\1>", "", text, flags=re.DOTALL)


def test_secrets_are_hidden_before_they_are_escaped() -> None:
    text = text_of(
        Row("n1", {"web.yaml": bad("the key a<b&c")}), hide=lambda shown: shown.replace("a<b&c", "[redacted]")
    )
    assert "[redacted]" in text
    assert "a&lt;b" not in text


def test_problems_come_first_and_each_state_has_a_shape_and_a_word() -> None:
    text = text_of(
        Row("n1", {"web.yaml": WELL}),
        Row("n2", {"web.yaml": Cell(State.UNKNOWN, "mirror unknown", Card())}),
        Row("n3", {"web.yaml": bad()}),
        Row("n4", {}),
    )
    rows = re.findall(r"<tr class=(\w+)><th scope=row>(\w+)<td class=\w+[^>]*>(?:<a[^>]*>)?([^<\n]*)", text)
    assert rows == [
        ("critical", "n3", "✖ file-missing"),
        ("unknown", "n2", "? mirror unknown"),
        ("well", "n1", "✓ in sync"),
        ("well", "n4", "·"),
    ]


def test_nothing_is_known_of_a_manifest_on_a_node_that_was_not_observed() -> None:
    unseen = Row("n2", {"": Cell(State.UNKNOWN, "not-checked", Card())}, blind=True)
    text = text_of(Row("n1", {"web.yaml": WELL}), unseen)
    row = next(line for line in text.splitlines() if "<th scope=row>n2" in line)
    assert row.count("? not-checked") == 2


def test_a_large_page_begins_with_problems_and_stays_small() -> None:
    columns = [f"pod-{number}.yaml" for number in range(20)]
    rows = [Row(f"edge-{number}", dict.fromkeys(columns, WELL)) for number in range(2000)]
    rows[7] = Row("edge-7", {**rows[7].cells, "pod-3.yaml": bad()})
    text = text_of(*rows)
    assert len(text.encode()) < 3_000_000
    boxes = re.findall(r"id=show-(\w+) autocomplete=off( checked)?", text)
    assert boxes == [
        ("critical", " checked"),
        ("drift", " checked"),
        ("unknown", " checked"),
        ("excused", " checked"),
        ("well", ""),
    ]


def test_what_is_held_or_waived_has_a_shape_and_a_box_of_its_own_if_there_is_some() -> None:
    held = Cell(
        State.HELD, "held: file-missing", Card((Item(State.HELD, "held: file-missing", "web.yaml", ""),))
    )
    text = text_of(Row("n1", {"web.yaml": held}), Row("n2", {"web.yaml": WELL}))
    assert "<td class=held><a href=#" in text
    assert "‖ held: file-missing" in text
    boxes = re.findall(r"id=show-(\w+) ", text)
    assert boxes == ["critical", "drift", "unknown", "excused", "held", "well"]
