"""What is written reads by Go's rules as the very value."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.pods.go_scalars import settle
from podwright.pods.go_values import plain
from podwright.pods.go_yaml import decode
from podwright.pods.yaml_writer import to_yaml

ODD_TEXTS = [
    "y",
    "NO",
    "on",
    "1e3",
    "0o17",
    "012",
    "1_000",
    "1:20",
    "2001-01-01",
    "~",
    "null",
    "<<",
    "=",
    "a\nb",
    "a\nb\n",
    "a\n b\n\n",
    " a\nb",
    "a \nb",
    "a\n \nb",
    "a\x85b",
    "\u2028",
    "\ufeff",
    "a: b",
    "- a",
    ".inf",
    "0x1F",
    "#x",
    "a #b",
    "a:",
    "'",
    '"',
    "\t",
    "a\tb\n\tc",
    "\x00",
    "\x7f",
    "-",
    "?",
    "!x",
    "&a",
    "*a",
    "%a",
    "@",
    "`",
    "{",
    "[",
    "|",
    ">",
    "---",
    "...",
    "\U0001f600",
    "\r\n",
    "x" * 2000,
]


TEXTS = st.one_of(st.text(st.characters(exclude_categories=("Cs",)), max_size=20), st.sampled_from(ODD_TEXTS))


SCALARS = st.one_of(
    TEXTS,
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False).map(settle),
)


VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)


@settings(max_examples=150)
@given(st.dictionaries(TEXTS, TEXTS, max_size=4), VALUES)
def test_what_is_emitted_reads_by_gos_rules_as_the_very_value(annotations, value):
    document = {"kind": "Pod", "metadata": {"name": "web", "annotations": annotations}, "x": value}
    read = decode(to_yaml(document).encode()).value
    assert plain(read) == document
    assert to_yaml(dict(reversed(plain(read).items()))) == to_yaml(document)


def test_the_text_is_in_a_fixed_order_and_quotes_what_could_be_misread():
    document = {
        "spec": {
            "containers": [
                {"image": "a:1", "name": "c", "command": ["sh", "-c", "true"], "args": []},
                {"env": [{"name": "A", "value": "yes"}], "name": "d"},
            ],
            "lists": [[1, [2]], [], {}],
        },
        "kind": "Pod",
        "metadata": {"labels": {}, "name": "012", "annotations": {"z": "1e3", "b": "x\ny\n"}},
        "apiVersion": "v1",
        "a": None,
        "b": 1.5,
        "c": 1e21,
        "d": True,
        "e": "http://x:1/y",
        "f": "x: y",
        "g": 'say "a"\\',
        "h": "\t",
    }
    assert to_yaml(document).splitlines() == [
        "apiVersion: v1", "kind: Pod", "metadata:", '  name: "012"', "  labels: {}", "  annotations:", "    b: |", "      x",
        "      y", '    z: "1e3"', "spec:", "  containers:", "  - name: c", '    image: a:1', "    command:", "    - sh",
        '    - "-c"', '    - "true"', "    args: []", "  - name: d", "    env:", "    - name: A", '      value: "yes"',
        "  lists:", "  - - 1", "    - - 2", "  - []", "  - {}", "a: null", "b: 1.5", "c: 1e+21", "d: true", "e: http://x:1/y",
        'f: "x: y"', 'g: "say \\"a\\"\\\\"', 'h: "\\t"',
    ]  # fmt: skip


@pytest.mark.parametrize(("length", "start"), [(250, "k"), (251, "? k")])
def test_a_long_key_is_written_apart(length, start):
    document = {"k" * length: {"a": "b"}}
    text = to_yaml(document)
    assert text.startswith(start)
    assert plain(decode(text.encode()).value) == document


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("a\nb", True),
        ("a\n\nb\n", True),
        ("a\n  b", True),
        ("a\n\tb", False),
        (" a\nb", False),
        ("a\n \nb", False),
        ("a\nb\n\n", False),
        ("\na", False),
        ("a\n", False),
        ("a\nb\x07", False),
        ("a\n\u2028b", False),
    ],
)
def test_only_a_text_that_stays_exact_becomes_a_block(text, block):
    written = to_yaml({"a": text})
    assert written.startswith("a: |") is block
    assert decode(written.encode()).value == {"a": text}


@pytest.mark.parametrize("value", [b"a", {1}, object()])
def test_what_no_document_holds_is_refused(value):
    with pytest.raises(TypeError, match=f"no YAML for {type(value).__name__}"):
        to_yaml({"a": value})
