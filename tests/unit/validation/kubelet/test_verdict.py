from __future__ import annotations

from podwright.validation.kubelet.verdict import ConfigVerdict, Found, Moment


def test_a_start_passes_its_trial_and_what_nobody_refuses_starts() -> None:
    found = Found()
    found.warn(("maxPod",), "is not a field")
    assert ConfigVerdict(tuple(found.objections), {}).starts
    found.refuse(("address",), "is `x`", Moment.START)
    late = ConfigVerdict(tuple(found.objections), {})
    assert (late.passes_trial, late.starts, len(late.errors), len(late.warnings)) == (True, False, 1, 1)
    assert not found.refused


def test_an_empty_text_refuses_nothing_and_a_refusal_names_its_place() -> None:
    found = Found()
    found.refuse(("maxPods",), "")
    found.refuse(("maxPods",), "is -1", file="10.conf")
    assert [(one.message, one.file) for one in found.objections] == [("`maxPods` is -1", "10.conf")]
    assert found.refused
