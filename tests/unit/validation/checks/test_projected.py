"""Files that are made of several sources."""

import pytest


@pytest.mark.parametrize(
    "volume",
    [
        "{name: v, downwardAPI: {items: [{path: a}]}}",
        "{name: v, downwardAPI: {items: [{path: ../a, fieldRef: {fieldPath: metadata.name}}]}}",
        "{name: v, downwardAPI: {items: [{path: ..a, fieldRef: {fieldPath: metadata.name}}]}}",
        "{name: v, downwardAPI: {items: [{path: /a, fieldRef: {fieldPath: metadata.name}}]}}",
        "{name: v, downwardAPI: {defaultMode: 644}}",
        "{name: v, downwardAPI: {items: [{path: a, mode: -1, fieldRef: {fieldPath: metadata.name}}]}}",
        "{name: v, projected: {sources: [{}]}}",
        "{name: v, projected: {sources: [{downwardAPI: {items: [{path: a, fieldRef: {fieldPath: metadata.name}}]}},"
        " {downwardAPI: {items: [{path: a, fieldRef: {fieldPath: metadata.uid}}]}}]}}",
    ],
)
def test_the_kubelet_would_refuse(errors, volume):
    assert errors(f"volumes: [{volume}]") == ["volume"]


@pytest.mark.parametrize(
    "volume",
    [
        "{name: v, downwardAPI: {defaultMode: 0644, items: [{path: a/b, fieldRef: {fieldPath: metadata.labels}}]}}",
        "{name: v, downwardAPI: {defaultMode: 0o644}}",
        "{name: v, downwardAPI: {items: [{path: a, resourceFieldRef: {containerName: c, resource: limits.cpu}}]}}",
        "{name: v, projected: {sources: []}}",
        "{name: v, projected: {}}",
    ],
)
def test_the_kubelet_would_take(errors, volume):
    assert errors(f"volumes: [{volume}]") == []


def test_a_mode_that_looks_octal_is_explained(verdict):
    (finding,) = (
        one
        for one in verdict("volumes: [{name: v, downwardAPI: {defaultMode: 644}}]").findings
        if one.rule == "volume"
    )
    assert "write 0644" in finding.hint


@pytest.mark.parametrize(
    "field",
    ["{fieldPath: status.podIP}", "{fieldPath: metadata}", "{}", "{fieldPath: \"metadata.labels['a b']\"}"],
)
def test_only_some_fields_become_files(errors, field):
    volume = f"{{name: v, downwardAPI: {{items: [{{path: a, fieldRef: {field}}}]}}}}"
    assert errors(f"volumes: [{volume}]") == ["field-reference"]
