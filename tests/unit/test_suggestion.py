"""A suggestion is given only for what is a slip of the finger."""

import pytest

from podwright.suggestion import closest, did_you_mean

COMMANDS = ("push", "remove", "status", "diff", "render", "validate")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("psuh", "push"),
        ("pus", "push"),
        ("stauts", "status"),
        ("Validate", "validate"),
        ("dif", "diff"),
        ("restart", None),
        ("pull", None),
        ("delete", None),
        ("list", None),
        ("x", None),
        ("df", None),
        ("", None),
    ],
)
def test_a_mistyped_command(typed, meant):
    assert closest(typed, COMMANDS) == meant


@pytest.mark.parametrize(
    ("typed", "known", "meant"),
    [
        ("podwright_hodl", "podwright_hold", True),
        ("static-pod", "static_pods", True),
        ("wbe", "web", True),
        ("cp-9", "cp-1", False),
        ("worker-12", "worker-21", False),
        ("haproxy", "nginx", False),
        ("web", "web", False),
        ("kube-apiservr", "kube-apiserver", True),
    ],
)
def test_a_name_that_is_merely_like_another_is_not_suggested(typed, known, meant):
    assert closest(typed, [known]) == (known if meant else None)


def test_a_number_in_a_word_that_nobody_numbers_is_a_letter():
    assert closest("cgroup-v9", ["cgroup-v1"], of_words=True) == "cgroup-v1"


def test_the_nearest_of_several_is_suggested():
    assert closest("webb-front", ["web-frond", "web-front", 7]) == "web-front"


def test_a_hint_falls_back_to_what_holds_anyway():
    assert did_you_mean("psh", COMMANDS) == "did you mean `push`?"
    assert did_you_mean("frobnicate", COMMANDS, "see the list") == "see the list"
