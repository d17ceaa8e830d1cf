"""What many nodes report alike is shown once, whatever names, addresses and uids stand in it."""

import pytest

from podwright.reports.grouping import alike, lines_by_cause

NODES = [f"cp-{number}" for number in range(1, 101)]
UIDS = [f"0a1b2c3d-0000-4000-8000-{number:012x}" for number in range(100)]


def name(number: int) -> str:
    """Another one without digits for each number."""
    return "".join(chr(ord("k") + int(digit)) for digit in str(number))


def test_equal_texts_stand_once_with_their_nodes():
    reported = [(node, "connection refused") for node in NODES[:5]]
    assert list(lines_by_cause(reported)) == ["cp-1, cp-2, cp-3 and 2 more nodes: connection refused"]


@pytest.mark.parametrize(
    "text",
    [
        "cannot connect to {node}:22: timed out",
        "cannot connect to 10.0.0.{number}:22: timed out",
        "cannot connect to fd00:0:0:1::{number}: timed out",
        "the pod `kube-system/web-{node}` (uid {uid}) is refused",
        "nothing runs of digest 5f3a{number:08x}",
        "the pod `{word}` crashed after {number}.5 s",
        "line 1: {name}: command not found on this node",
        "the key of `{word}` is unknown: ssh-ed25519 SHA256:{name}/{number}+{name}",
        "/var/lib/{name}: permission denied",
    ],
)
def test_texts_of_one_cause_are_a_few_lines_on_a_hundred_nodes(text):
    reported = [
        (node, text.format(node=node, number=number, uid=uid, word=f"w{number}", name=name(number)))
        for number, (node, uid) in enumerate(zip(NODES, UIDS, strict=True))
    ]
    lines = list(lines_by_cause(reported))
    assert lines[0] == f"cp-1: {reported[0][1]}"
    assert len(lines) <= 4
    assert lines[-1].endswith(" more nodes: alike")


def test_texts_that_differ_on_a_few_nodes_are_all_shown():
    reported = [("a", "cannot connect to a:22"), ("b", "cannot connect to b:22"), ("c", "no route")]
    assert list(lines_by_cause(reported)) == [f"{node}: {text}" for node, text in reported]


@pytest.mark.parametrize("count", [2, 3, 40])
def test_a_text_that_names_all_its_nodes_stands_once_for_them(count):
    """Of two groups of nodes each shares one value."""
    nodes = [f"{letter}{number}" for letter in "xy" for number in range(count)]
    shared = {letter: f"id-{letter}, shared by {', '.join(nodes)}" for letter in "xy"}
    lines = list(lines_by_cause((node, shared[node[0]]) for node in nodes))
    assert [line.partition(": ")[2] for line in lines] == list(shared.values())


def test_many_texts_that_name_all_their_nodes_are_a_few_lines():
    shared = {letter: f"an id is shared by {letter}0, {letter}1" for letter in "pqrstu"}
    lines = list(lines_by_cause((f"{letter}{one}", shared[letter]) for letter in shared for one in (0, 1)))
    assert lines == [
        *(f"{one}0, {one}1: {shared[one]}" for one in "pqr"),
        "s0, s1, t0 and 3 more nodes: alike",
    ]


def test_what_has_one_cause_stands_together():
    reported = [("a", "`x` is missing"), ("b", "refused"), ("c", "`y` is missing")]
    assert list(lines_by_cause(reported)) == ["a: `x` is missing", "c: `y` is missing", "b: refused"]


def test_of_a_few_nodes_everything_is_shown():
    reported = [("cp-1", f"`{name}.yaml` is not ours") for name in "abcdefg"]
    assert list(lines_by_cause(reported)) == [f"{node}: {text}" for node, text in reported]


def test_a_node_that_is_shown_with_one_text_is_named_again_for_those_that_are_not():
    reported = [(node, f"`{name}.yaml` is not ours") for node in ("a", "b", "c", "d") for name in "vwxyz"]
    assert list(lines_by_cause(reported)) == [
        *(f"a, b, c and 1 more node: `{name}.yaml` is not ours" for name in "vwx"),
        "a, b, c and 1 more node: alike",
    ]


def test_two_causes_on_many_nodes_are_two():
    reported = [(node, f"{node} is down" if number % 2 else "no route") for number, node in enumerate(NODES)]
    assert list(lines_by_cause(reported)) == [
        "cp-1, cp-3, cp-5 and 47 more nodes: no route",
        "cp-2: cp-2 is down",
        "cp-4, cp-6, cp-8 and 46 more nodes: alike",
    ]


def test_a_name_within_another_word_is_not_the_nodes():
    [one, other] = alike([("a", "a bad man"), ("b", "b bbd mbn")])
    assert (one.nodes, other.nodes) == (("a",), ("b",))


def test_alike_says_whether_the_texts_are_equal():
    assert [(one.nodes, one.equal) for one in alike([("a", "on a"), ("b", "on b")])] == [(("a", "b"), False)]
    assert [(one.nodes, one.equal) for one in alike([("a", "x"), ("b", "x")])] == [(("a", "b"), True)]


def test_four_causes_on_many_nodes_are_four():
    causes = [
        "the disk is full",
        "no kubelet runs",
        "the folder is missing",
        "timed out",
        "connection refused",
    ]
    reported = [(node, causes[number % 5]) for number, node in enumerate(NODES)]
    assert [line.partition(": ")[2] for line in lines_by_cause(reported)] == causes
