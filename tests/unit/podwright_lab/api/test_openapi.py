"""The OpenAPI document names the PATCH of every kind; that kubectl takes it is shown in test_kubectl.py."""

from podwright_lab.api.kinds import KINDS
from podwright_lab.api.openapi import document


def test_every_kind_has_a_path_and_the_parameter_for_field_checks():
    text = document()
    assert text.startswith(b"\x0a\x032.0")
    assert b"/api/v1/namespaces/{namespace}/pods/{name}" in text
    assert b"/apis/scheduling.k8s.io/v1/priorityclasses/{name}" in text
    assert text.count(b"fieldValidation") == len(KINDS)
    assert b'group: ""\nkind: Pod\nversion: v1\n' in text
