"""A rendered line is traced to its template only where that is certain."""

from podwright.templates.lines import template_lines

TEMPLATE = """\
kind: Pod
{% for name in names %}
  - name: {{ name }}
    image: i
{% endfor %}
spec:
  a: 1
  a: 1
"""
RENDERED = """\
kind: Pod

  - name: x
    image: i

  - name: y
    image: i
spec:
  a: 1
  a: 1
"""


def test_lines_that_stand_once_in_the_template_are_traced():
    assert template_lines(TEMPLATE, RENDERED) == {1: 1, 4: 4, 7: 4, 8: 6}


def test_nothing_is_traced_from_nothing():
    assert template_lines("", "") == {}
