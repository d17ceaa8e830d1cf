"""What is written reads by Go's rules as the very value."""

from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.pods.emit import to_yaml
from podwright.pods.go_scalars import settle
from podwright.pods.go_values import plain
from podwright.pods.go_yaml import decode

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
