"""A name is found where it stands in a tag, not in the text around it."""

from __future__ import annotations

import sys

import jinja2
import pytest

from podwright.expressions.template_positions import find_name, spot_of


@pytest.mark.parametrize(
    ("source", "line", "name", "found"),
    [
        ("name: {{ name }}", 1, "name", (1, 10)),
        ("{{ name }}\n{{ x.name }}", 2, "name", (2, 6)),
        ("{{ 'name' ~ name }}", 1, "name", (1, 13)),
        ("{{ d['name'] }}", 1, "name", (1, 7)),
        ("a\n{{ one |\n  default(two) }}", 2, "two", (3, 11)),
        ("{{ rename }} {{ name }}", 1, "name", (1, 17)),
        ("{% if a\n and b %}", 2, "b", (2, 6)),
        ("a {{ 1 / 0 }}", 1, "", (1, 3)),
        ("a {{ b }}", 1, "c", (1, 3)),
        ("{{ a |\n  b }}", 2, "", (2, 3)),
        ("a\n b {{ c", 2, "", (2, 4)),
        ("a\n b", 2, "c", (2, 2)),
        ("", 1, "", (1, 1)),
    ],
)
def test_a_name_is_found_in_the_tags(source, line, name, found):
    assert find_name(source, line, name) == found


def test_a_frame_leads_to_the_template_that_called_it():
    found = []
    jinja2.Environment().from_string("a\n{{ f() }}").render(f=lambda: found.append(spot_of(sys._getframe())))
    assert found[0][1] == 2
    assert spot_of(None) is None
