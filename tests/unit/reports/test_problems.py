"""Failures by cause, with the hint below those that it is about."""

from podwright.problem import Place, Problem
from podwright.reports.problems import Failures, failures


def test_a_hint_stands_once_for_the_problems_it_is_about():
    found = failures([Problem("one", "do this"), Problem("two"), Problem("three", "do this")])
    assert list(found) == [Failures(("one", "three"), "do this"), Failures(("two",), "")]


def test_every_problem_of_a_file_is_shown():
    problems = [Problem("is wrong", place=Place("hosts.yaml", line)) for line in range(1, 10)]
    [group] = failures(problems)
    assert group.lines == tuple(f"hosts.yaml:{line}: is wrong" for line in range(1, 10))


def test_problems_of_many_nodes_are_shown_by_cause_though_their_hints_name_the_node():
    problems = [
        Problem("cannot log in", f"try `ssh n{number}`, then the same command again", node=f"n{number}")
        for number in range(100)
    ]
    [group] = failures(problems)
    assert group.lines == ("n0, n1, n2 and 97 more nodes: cannot log in",)
    assert group.hint == "try `ssh n0`, then the same command again"


HOSTS = ["apple", "pear", "fig", "plum"]


def test_a_hundred_hints_that_name_another_host_each_are_one():
    problems = [
        Problem(
            "refused",
            f"try by hand: `ssh root@{HOSTS[at % 4]}{at}.example.com`; is the key there?",
            node=f"n{at}",
        )
        for at in range(100)
    ]
    [group] = failures(problems)
    assert group.lines == ("n0, n1, n2 and 97 more nodes: refused",)
    assert group.hint == problems[0].hint


def test_what_the_hints_to_files_name_is_all_shown():
    problems = [
        Problem(f"no field `{name}`", f"did you mean `{name}s`?", place=Place("a.yaml", at), node=f"n{at}")
        for at, name in enumerate("abcdefgh")
    ]
    assert [group.hint for group in failures(problems)] == [problem.hint for problem in problems]


def test_a_few_hints_are_all_shown():
    problems = [Problem("refused", f"name it `{host}`", node=f"on-{host}") for host in ("x", "y", "z")]
    assert [group.hint for group in failures(problems)] == ["name it `x`", "name it `y`", "name it `z`"]
