"""Text for messages: nothing in it steers a terminal, and lists of names stay short."""

import pytest

from podwright.text import abbreviated, counted, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("web\tnode\n", "web\tnode\n"),
        ("größer 世界", "größer 世界"),
        ("\x1b[31m", r"\x1b[31m"),
        ("\x9b2J", r"\x9b2J"),
        ("a\rb\x00", r"a\rb\x00"),
        ("\u202eevil\u2028", r"\u202eevil\u2028"),
        ("\udcff", r"\udcff"),
    ],
)
def test_what_could_steer_a_terminal_is_an_escape(text, shown):
    assert printable(text) == shown


def test_of_many_names_three_are_listed():
    assert abbreviated(["a", "b", "c"]) == "a, b, c"
    assert abbreviated(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more nodes"
    assert abbreviated([f"n{number}" for number in range(4)]) == "n0, n1, n2 and 1 more node"


@pytest.mark.parametrize(("count", "said"), [(0, "0 nodes"), (1, "1 node"), (2, "2 nodes")])
def test_one_is_not_a_plural(count, said):
    assert counted(count, "node") == said
