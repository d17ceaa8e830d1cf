"""What follows from a judged manifest for another node is what the judge would have said of that node's text."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.errors import ManifestError
from podwright.manifests.likeness import Likenesses, follow, outline
from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import Workload
from podwright.validation.findings import Finding

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels: {{node: "{name}"}}
spec:
  nodeName: {name}
  containers:
  - name: c-1
    image: registry.example.org/{name}/web:1.0
    args: ["--node={name}", "--peer=https://{name}.example.org:2379"]
    env:
    - name: NODE
      value: {name}
"""


def judged(text: str, name: str) -> Manifest:
    return Manifest.parse(Workload("web"), text, node_name=name)


def test_texts_that_differ_by_the_nodes_name_are_alike() -> None:
    first, second = (outline(POD.format(name=name), name) for name in ("node-01", "node-27"))
    assert first == second is not None


@pytest.mark.parametrize(
    ("one", "other"), [("node-1", "node-10"), ("node-1", "mode-1"), ("node-1", "node1-")]
)
def test_names_of_another_length_or_with_other_letters_are_not_alike(one: str, other: str) -> None:
    first, second = (outline(POD.format(name=name), name) for name in (one, other))
    assert first != second


@pytest.mark.parametrize(
    "name", ["web", "n1", "cafe-01", "10.0.0.1", "2001", "ipv4", "sha256", "Node-1", "node-x", "a" * 300]
)
def test_a_name_that_could_be_a_number_an_address_or_a_word_is_never_put_in(name: str) -> None:
    assert outline(POD.format(name=name), name) is None


@pytest.mark.parametrize(
    "line",
    [
        "a: xnode-01",
        "a: node-01x",
        "a: node-01-2",
        "a: node-01_2",
        'a: "\\node-01"',
        "a: *node-01",
        "a: &node-01 x",
        "a: !node-01 x",
        "a: 5.node-01",
        "a: node-01node-01",
        "a: Node-01",
        "a: !!binary node-01",
        "a: %node-01",
    ],
)
def test_a_name_that_does_not_stand_alone_is_never_replaced(line: str) -> None:
    assert outline(f"x: 1\n{line}\n", "node-01") is None


def test_a_text_that_holds_the_other_nodes_name_too_is_unlike() -> None:
    texts = {name: f"a: {name}\nb: node-02\n" for name in ("node-01", "node-02")}
    assert outline(texts["node-01"], "node-01") != outline(texts["node-02"], "node-02")


def learnt(*texts: tuple[str, str]) -> Likenesses:
    likenesses = Likenesses()
    for name, text in texts:
        likenesses.learn(("key",), name, judged(text, name))
    return likenesses


def test_two_are_judged_before_a_third_follows() -> None:
    texts = [(name, POD.format(name=name)) for name in ("node-01", "node-02")]
    assert learnt(texts[0]).like(("key",), "node-03") is None
    assert learnt(texts[0], texts[0]).like(("key",), "node-03") is None
    followed = learnt(*texts).like(("key",), "node-03")
    expected = judged(POD.format(name="node-03"), "node-03")
    assert followed == expected
    assert followed.text(7) == expected.text(7)


def test_a_second_that_does_not_follow_from_the_first_lets_none_follow() -> None:
    hidden = POD.replace("value: {name}", 'value: "{name} n\\x6fde-01"')
    likenesses = learnt(*((name, hidden.format(name=name)) for name in ("node-01", "node-02")))
    assert likenesses.like(("key",), "node-03") is None


@pytest.mark.parametrize(
    "text",
    [
        POD.replace('{{node: "{name}"}}', '{{"{name}": x}}'),
        POD.replace("value: {name}", "value: {name}\n    - name: PASSWORD\n      value: {name}"),
    ],
    ids=["a key", "a remark that may name it"],
)
def test_keys_and_remarks_with_the_name_are_judged_for_each_node(text: str) -> None:
    names = ("node-01", "node-02")
    likenesses = learnt(*((name, text.format(name=name)) for name in names))
    followed = likenesses.like(("key",), "node-03")
    assert followed in (None, judged(text.format(name="node-03"), "node-03"))


_WORDS = st.sampled_from(
    [
        "{name}",
        "{other}",
        "{escaped}",
        "{continued}",
        "{upper}",
        "x",
        "1",
        "1e3",
        "yes",
        "a/b",
        "{name}.example.org",
        "http://{name}:80/",
        "$(NODE)",
        "$({name})",
        "[::1]",
        "64Mi",
        "node",
        "-{name}",
        "{name}1",
        "# {name}",
        "&a {name}",
        "\\n{name}",
    ]
)
_VALUES = st.lists(_WORDS, min_size=1, max_size=3).map(" ".join)
_STYLES = st.sampled_from(["{}", '"{}"', "'{}'", "|-\n        {}", ">-\n        {}", "{} # {}"])
_CONTAINER_NAMES = st.sampled_from(
    ['"{name}"', '"{other}"', '"{escaped}"', '"{continued}"', "c-2", '"{name}-a"']
)


@given(
    values=st.lists(st.tuples(_VALUES, _STYLES), max_size=2),
    containers=st.lists(_CONTAINER_NAMES, max_size=4, unique=True),
    stem=st.sampled_from(["node-", "worker", "k8s-cp-", "rack1-host", "e-mail-"]),
    digits=st.lists(st.integers(0, 99), min_size=3, max_size=4, unique=True),
    name_of=st.sampled_from(["web", "{name}", "web-{name}", "{other}", '"{escaped}"']),
    node_name=st.sampled_from(["{name}", '"{name}"', '""', "{other}", '"{escaped}"']),
)
@settings(max_examples=300, deadline=None)
def test_whatever_follows_is_what_the_judge_says(
    values, containers, stem, digits, name_of, node_name
) -> None:
    text = POD.replace("name: web", f"name: {name_of}").replace("nodeName: {name}", f"nodeName: {node_name}")
    text += "".join(
        f"    - name: V{number}\n      value: {style.format(value, value)}\n"
        for number, (value, style) in enumerate(values)
    )
    text += "".join(f"  - name: {container}\n    image: example.org/a:1\n" for container in containers)
    names = [f"{stem}{number:02}" for number in digits]
    # the last node's name stands in all texts, in disguises
    last = names[-1]
    disguises = {
        "other": last,
        "escaped": f"{last[:2]}\\x{ord(last[2]):02x}{last[3:]}",
        "continued": f"{last[:-1]}\\\n         {last[-1]}",
        "upper": last.upper(),
    }
    likenesses = Likenesses()
    for name in names:
        own = text.format(name=name, **disguises)
        key = outline(own, name)
        followed = likenesses.like((key,), name) if key else None
        try:
            expected = judged(own, name)
        except ManifestError:
            assert followed is None
            continue
        if followed is not None:
            assert (followed, followed.text(1), followed.advice) == (
                expected,
                expected.text(1),
                expected.advice,
            )
        if key is not None:
            likenesses.learn((key,), name, expected)


@pytest.mark.parametrize(
    "disguise", ["n\\x6fde-03", "\\u006eode-03", "\\U0000006eode-03", "node-\\\n    03", "node\\\r\n\r\n -03"]
)
def test_a_name_in_disguise_may_equal_the_nodes_own(disguise: str) -> None:
    """Two containers of one name: only that node's kubelet refuses the pod."""
    text = (
        POD
        + f'  - name: {{name}}\n    image: example.org/a:1\n  - name: "{disguise}"\n    image: example.org/a:1\n'
    )
    own = {name: text.format(name=name) for name in ("node-01", "node-03")}
    assert outline(own["node-03"], "node-03") is None
    assert "\\x" not in disguise or outline(own["node-01"], "node-01") is None


def test_what_was_remarked_is_proven_too() -> None:
    """Nothing follows where the judge said of the second what it did not say of the first."""
    first, second = (judged(POD.format(name=name), name) for name in ("node-01", "node-02"))
    likenesses = Likenesses()
    likenesses.learn(("key",), "node-01", first)
    remark = Finding("a-rule", "warning", "spec", 1, 1, "is odd")
    likenesses.learn(("key",), "node-02", replace(second, advice=(*second.advice, remark)))
    assert likenesses.like(("key",), "node-03") is None


def test_to_follow_changes_nothing_but_the_name() -> None:
    manifest = judged(POD.format(name="node-01"), "node-01")
    back = follow(follow(manifest, "node-01", "node-02"), "node-02", "node-01")
    assert (back, back.text(1)) == (manifest, manifest.text(1))
