"""A problem names its place; what many nodes share is told once."""

from __future__ import annotations

from podwright.problem import Place, Problem, merged


def test_a_problem_names_where_it_is():
    assert str(Problem("m", place=Place("f", 1, 2), node="n")) == "f:1:2 on n: m"
    assert str(Problem("m", node="n")) == "n: m"
    assert str(Problem("m")) == "m"


def test_the_same_problem_of_many_nodes_is_told_once():
    problems = [Problem("a", node=f"n{number}") for number in (1, 2, 2, 3, 4, 5)] + [
        Problem("b"),
        Problem("b"),
    ]
    assert merged(problems) == (Problem("a", node="n1, n2, n3 and 2 more nodes"), Problem("b"))
