"""Expected failures: a message, a hint, an exit code, and all problems of a set at once."""

from __future__ import annotations

import inspect

import pytest

from podwright import errors
from podwright.errors import (
    ClusterAnswerError,
    HostError,
    ManifestError,
    PodwrightError,
    ProblemsError,
    ProgramError,
    UsageError,
)
from podwright.exit_codes import ExitCode
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


@pytest.mark.parametrize(
    ("stderr", "complaint"),
    [
        (b"", "no reason given"),
        (b" \n", "no reason given"),
        (b"sh: not found\nmore\n", "sh: not found"),
        (b"\nmv: \xff\n", "mv: \N{REPLACEMENT CHARACTER}"),
        (b"x" * 301, "x" * 300),
    ],
)
def test_a_program_that_failed_is_told_with_the_first_line_of_its_errors(stderr, complaint):
    error = ProgramError("web-1", -1, stderr)
    assert (error.exit_status, error.stderr, error.complaint) == (-1, stderr, complaint)
    assert str(error) == f"web-1: a program on the node ended with status -1: {complaint}"
    assert error.hint


def test_what_the_cluster_could_not_tell_has_one_reason():
    assert ClusterAnswerError("the API answered 500", "ask again").reason == "the API answered 500"
