"""Paths and values as messages show them; a report that stays short."""

import pytest

from podwright.validation.findings import Report, path_text, shown
from podwright.validation.rules import Concern


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("spec", "containers", 0, "name"), "spec.containers[0].name"),
        (("metadata", "labels", "app"), "metadata.labels[app]"),
        (("metadata", "annotations", "a.b/c"), "metadata.annotations[a.b/c]"),
        (("spec", "odd key"), "spec[odd key]"),
        (("spec", "a\x1b[1m"), "spec[a\\x1b[1m]"),
        (("spec", "containers", 1, "resources", "limits", "cpu"), "spec.containers[1].resources.limits[cpu]"),
    ],
)
def test_paths_are_written_as_kubernetes_writes_them(path, text):
    assert path_text(path) == text


def test_values_are_short_and_harmless():
    assert shown("a") == "`a`"
    assert shown("a\nb\x1b") == "`a\\nb\\x1b`"
    assert len(shown("x" * 500)) == 82
    assert shown(5) == "`5`"


def test_a_report_ends_before_a_person_does_but_never_hides_a_refusal():
    report = Report(36)
    for index in range(1000):
        report.add("unknown-field", ("spec", f"x{index}"), "is no field")
    assert len(report.notes) == 200
    report.add("image", ("spec",), "is missing")
    assert report.has(Concern.KUBELET)
    assert len(report.notes) == 201
