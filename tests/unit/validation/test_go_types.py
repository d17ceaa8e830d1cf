"""A decoded document is fitted into Go's types: what is dropped, what is zero, and what is fatal."""

import pytest

from podwright.validation.findings import Report, path_text
from podwright.validation.go_types import fit
from podwright.validation.judge import judge
from podwright.validation.schema import pod_types

TYPES = {
    "Pod": {
        "text": "string", "flag": "bool", "small": "int32", "large": "int64", "port": "int-or-string", "amount": "quantity",
        "time": "time", "raw": "raw", "part": "@Part", "list": "[]string", "parts": "[]@Part", "lists": "[][]bool",
        "map": "{}string", "amounts": "{}quantity", "ports": "[]int-or-string", "counts": "{}int32", "value": "int32",
    },
    "Part": {"name": "string"},
}  # fmt: skip


def fitted(document):
    report = Report(36)
    result = fit(document, TYPES, report)
    return result, [(note.rule, path_text(note.path)) for note in report.notes]


@pytest.mark.parametrize(
    ("field", "value", "result"),
    [
        ("text", "a", "a"),
        ("flag", False, False),
        ("small", -(2**31), -(2**31)),
        ("small", 2**31 - 1, 2**31 - 1),
        ("large", -(2**63), -(2**63)),
        ("large", 2**63 - 1, 2**63 - 1),
        ("port", "web", "web"),
        ("port", 80, 80),
        ("amount", "1.5Gi", "1.5Gi"),
        ("amount", " 1 ", "1"),
        ("amount", 2, "2"),
        ("amount", 0.5, "0.5"),
        ("time", "2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
        ("time", "2026-01-31T1:00:00+02:00", "2026-01-31T1:00:00+02:00"),
        ("time", "0000-02-29T00:00:00Z", "0000-02-29T00:00:00Z"),
        ("time", "2026-01-31T12:00:00.5Z", "2026-01-31T12:00:00.5Z"),
        ("raw", [{"any": 1.5}], [{"any": 1.5}]),
        ("part", {}, {}),
        ("list", ["a", None], ["a", ""]),
        ("parts", [{"name": "a"}, None], [{"name": "a"}, {}]),
        ("lists", [[True, None], None], [[True, False], []]),
        ("map", {"a": None, "b": "c"}, {"a": "", "b": "c"}),
        ("amounts", {"cpu": None, "memory": "1"}, {"cpu": "0", "memory": "1"}),
        ("ports", [None], [0]),
        ("counts", {"a": None}, {"a": 0}),
    ],
)
def test_what_fits(field, value, result):
    assert fitted({field: value}) == ({field: result}, [])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", 1),
        ("text", True),
        ("text", []),
        ("flag", "true"),
        ("flag", 1),
        ("small", 2**31),
        ("small", -(2**31) - 1),
        ("small", True),
        ("small", 1.5),
        ("large", 2**63),
        ("large", "1"),
        ("port", 2**31),
        ("port", True),
        ("amount", "one"),
        ("amount", True),
        ("amount", []),
        ("time", "2026-02-30T00:00:00Z"),
        ("time", "2026-01-31"),
        ("time", "2026-01-31T24:00:00Z"),
        ("time", 2026),
        ("part", []),
        ("part", "a"),
        ("list", {}),
        ("list", "a"),
        ("map", []),
    ],
)
def test_what_does_not_fit_is_left_out_and_told(field, value):
    assert fitted({field: value}) == ({}, [("wrong-type", field)])


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({"part": {"name": 1}}, "part.name"),
        ({"parts": [{}, {"name": 1}]}, "parts[1].name"),
        ({"lists": [[], [True, 1]]}, "lists[1][1]"),
        ({"map": {"a": 1}}, "map.a"),
    ],
)
def test_a_wrong_type_is_told_where_it_stands(document, place):
    assert fitted(document)[1] == [("wrong-type", place)]


def test_null_leaves_a_field_unset_and_an_unknown_one_is_dropped():
    assert fitted({"text": None, "part": {"name": None}}) == ({"part": {}}, [])
    assert fitted({"txt": "a", "part": {"nam": None}}) == (
        {"part": {}},
        [("unknown-field", "txt"), ("unknown-field", "part.nam")],
    )


@pytest.mark.parametrize(
    ("document", "message", "hint"),
    [
        ({"text": 1}, "`text` is a number (`1`) but Kubernetes wants a string", "put it in quotes"),
        ({"text": True}, "`text` is a boolean (`true`) but Kubernetes wants a string", "put it in quotes"),
        ({"text": []}, "`text` is a list but Kubernetes wants a string", ""),
        ({"small": 1.5}, "`small` is a number (`1.5`) but Kubernetes wants a whole number", ""),
        ({"flag": "yes"}, "`flag` is a string but Kubernetes wants `true` or `false`", ""),
        ({"list": {}}, "`list` is a map but Kubernetes wants a list", ""),
        ({"map": []}, "`map` is a list but Kubernetes wants a map", ""),
        ({"part": 1}, "`part` is a number (`1`) but Kubernetes wants a map", ""),
        # whether a value of the user's own is a secret nobody knows
        ({"value": 271828.5}, "`value` is a number but Kubernetes wants a whole number", ""),
    ],
)
def test_a_message_says_what_was_found_and_what_is_wanted(document, message, hint):
    report = Report(36)
    fit(document, TYPES, report)
    assert [(note.message, note.hint) for note in report.notes] == [(message, hint)]


def test_a_wrong_amount_is_shown_with_what_an_amount_is():
    report = Report(36)
    fit({"amount": 1e30, "amounts": {"cpu": "1 Gi"}}, TYPES, report)
    assert [note.message for note in report.notes] == ["`amounts.cpu` is `1 Gi`, which is not a quantity"]
    assert "`Mi`" in report.notes[0].hint


@pytest.mark.parametrize(
    ("amount", "good"), [(" 1", True), ("1\u00a0", True), ("\t1", False), ("1\n", False), ("1\x1f", False)]
)
def test_blanks_around_an_amount_are_cut_off_but_no_escapes(amount, good):
    """`Quantity.UnmarshalJSON` trims the JSON text as it stands."""
    report = Report(36)
    fit({"amount": amount}, TYPES, report)
    assert bool(report.notes) != good


def test_guesses_end_before_a_hostile_file_does():
    report = Report(36)
    fit({f"tex{chr(0x430 + number)}": 1 for number in range(60)}, TYPES, report)
    guessed = [note.hint.startswith("did you mean `text`?") for note in report.notes]
    assert guessed == [True] * 50 + [False] * 10


POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  hostNetwork: true
  enableServiceLinks: false
  containers:
  - name: c
    image: busybox:1.36
    imagePulPolicy: Always
    resources: {requests: {cpu: 1m}}
"""


def rules(verdict):
    return [finding.rule for finding in verdict.findings]


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("hostNetwrok: true", "hostNetwork"), ("hostnetwork: true", "hostNetwork"), ("qqqqqq: 1", None)],
)
def test_did_you_mean(wrong, meant):
    verdict = judge(POD.replace("hostNetwork: true", wrong).encode(), file_name="web.yaml")
    (finding,) = (
        one for one in verdict.findings if one.path.startswith("spec.h") or one.path.startswith("spec.q")
    )
    assert (f"did you mean `{meant}`?" in finding.hint) is (meant is not None)


def test_a_field_that_this_version_does_not_have_is_unknown():
    text = POD.replace("imagePulPolicy: Always", "restartPolicyRules: []")
    assert rules(judge(text.encode(), file_name="a", kubernetes_version="1.33")) == ["unknown-field"]
    assert rules(judge(text.encode(), file_name="a", kubernetes_version="v1.35.2+k3s1")) == []


def test_versions_beyond_the_schemas_take_the_nearest():
    assert pod_types(99) == pod_types(37)
    assert pod_types(12) == pod_types(31)


def test_the_place_of_a_missing_field_is_its_parents():
    verdict = judge(POD.replace("    image: busybox:1.36\n", "").encode(), file_name="a")
    (finding,) = (one for one in verdict.findings if one.rule == "image")
    assert (finding.line, finding.column) == (9, 5)
