"""Expected failures: a message, a hint, an exit code, and all problems of a set at once."""

from __future__ import annotations

import inspect

import pytest

from podwright import errors
from podwright.errors import ExitCode, HostError, ManifestError, PodwrightError, ProblemsError, UsageError
from podwright.problem import Place, Problem

CLASSES = [
    entry for _, entry in inspect.getmembers(errors, inspect.isclass) if issubclass(entry, PodwrightError)
]


def test_one_failure_is_one_problem():
    assert HostError("n1: no route", hint="is it up?").problems == (Problem("n1: no route", "is it up?"),)


def test_every_problem_of_a_set_is_in_its_text():
    found = (Problem("is bad", place=Place("a.yaml", 3, 7)), Problem("is missing", node="n1"))
    error = ManifestError(found)
    assert error.problems == found
    assert str(error) == "a.yaml:3:7: is bad\nn1: is missing"


def test_problems_may_come_from_a_generator():
    assert len(ProblemsError(Problem(text) for text in "ab").problems) == 2


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_only_a_mistake_on_the_command_line_is_code_2(kind):
    expected = ExitCode.USAGE if issubclass(kind, UsageError) else ExitCode.FAILED
    assert kind.exit_code is expected


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_each_class_says_what_it_is_for(kind):
    assert kind.__doc__


def test_exit_codes_are_those_the_readme_documents():
    assert sorted(ExitCode) == [0, 1, 2, 3, 4, 130]
