"""Environment variables, and references to the pod's own fields and resources."""

import pytest


@pytest.mark.parametrize(
    ("container", "field"),
    [
        ("env: [{value: x}]", "env[0].name"),
        ("env: [{name: 'a=b'}]", "env[0].name"),
        ("env: [{name: a, valueFrom: {}}]", "env[0].valueFrom"),
        (
            "env: [{name: a}, {name: b, value: c, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]",
            "env[1].valueFrom",
        ),
        (
            "env: [{name: a, valueFrom: {fieldRef: {fieldPath: metadata.name},"
            " resourceFieldRef: {resource: limits.cpu}}}]",
            "env[0].valueFrom",
        ),
        ("envFrom: [{prefix: x}]", "envFrom[0]"),
    ],
)
def test_the_kubelet_refuses_a_variable(places, container, field):
    assert places("env", container=container) == [field]


@pytest.mark.parametrize(
    "env",
    [
        "{name: '1 odd name!'}",
        "{name: A}, {name: A}",
        "{name: a, value: '', valueFrom: {fieldRef: {fieldPath: status.podIP}}}",
    ],
)
def test_the_kubelet_takes_variables(errors, env):
    assert errors(container=f"env: [{env}]") == []


def test_names_of_variables_were_plain_before_1_35(places):
    assert places("env", container="env: [{name: '1 odd'}]", version="1.34") == ["env[0].name"]
    assert places("env", container="env: [{name: '1 odd'}]", version="1.35") == []


@pytest.mark.parametrize(
    ("reference", "fields"),
    [
        ("configMapKeyRef: {name: a, key: b.c}", []),
        ("secretKeyRef: {name: a, key: ..b}", ["secretKeyRef.key"]),
        ("secretKeyRef: {name: A, key: b}", ["secretKeyRef.name"]),
        ("configMapKeyRef: {}", ["configMapKeyRef.name", "configMapKeyRef.key"]),
        ("fileKeyRef: {key: A, path: a/b, volumeName: e}", []),
        # `validateFileKeySelector` refuses only the element `..`
        ("fileKeyRef: {key: A, path: /a/..b, volumeName: e}", []),
        ("fileKeyRef: {key: A, path: ..a, volumeName: e}", []),
        ("fileKeyRef: {key: A, path: a/.., volumeName: e}", ["fileKeyRef.path"]),
        ("fileKeyRef: {key: A, path: a, volumeName: E}", ["fileKeyRef.volumeName"]),
        ("fileKeyRef: {key: A, path: a/b, volumeName: h}", ["fileKeyRef.volumeName"]),
        ("fileKeyRef: {key: A, path: a/b, volumeName: x}", ["fileKeyRef.volumeName"]),
        ("fileKeyRef: {key: A=, path: ../b, volumeName: e}", ["fileKeyRef.key", "fileKeyRef.path"]),
        ("fileKeyRef: {}", ["fileKeyRef.key", "fileKeyRef.path", "fileKeyRef.volumeName"]),
    ],
)
def test_a_reference_to_a_key_names_it_whole(verdict, reference, fields):
    spec = "volumes: [{name: e, emptyDir: {}}, {name: h, hostPath: {path: /x}}]"
    found = verdict(spec, container=f"env: [{{name: a, valueFrom: {{{reference}}}}}]").findings
    start = "spec.containers[0].env[0].valueFrom."
    assert [one.path.removeprefix(start) for one in found if one.rule == "env"] == fields


@pytest.mark.parametrize(
    ("source", "version", "fields"),
    [
        ("{configMapRef: {name: a}}", "1.36", []),
        ("{prefix: '1-', secretRef: {name: a}}", "1.36", []),
        ("{prefix: '1-', secretRef: {name: a}}", "1.34", [".prefix"]),
        ("{prefix: 'a=', secretRef: {name: a}}", "1.36", [".prefix"]),
        ("{secretRef: {}}", "1.36", [".secretRef.name"]),
        ("{configMapRef: {name: A}}", "1.36", [".configMapRef.name"]),
        ("{configMapRef: {name: a}, secretRef: {name: b}}", "1.36", [""]),
    ],
)
def test_a_source_of_variables_is_one_configmap_or_secret(verdict, source, version, fields):
    found = verdict(container=f"envFrom: [{source}]", version=version).findings
    start = "spec.containers[0].envFrom[0]"
    assert [one.path.removeprefix(start) for one in found if one.rule == "env"] == fields


@pytest.mark.parametrize(
    ("reference", "field"),
    [
        ("{fieldPath: metadata.name}", None),
        ("{fieldPath: status.hostIPs, apiVersion: v1}", None),
        ("{fieldPath: spec.host}", None),
        ("{fieldPath: \"metadata.labels['app']\"}", None),
        ("{fieldPath: \"metadata.annotations['A.b/C']\"}", None),
        ("{fieldPath: \"metadata.annotations['A_b/C']\"}", "fieldPath"),
        ("{fieldPath: \"metadata.labels['A.b/C']\"}", "fieldPath"),
        ("{fieldPath: \"metadata.name['a']\"}", "fieldPath"),
        ("{fieldPath: spec.nodename}", "fieldPath"),
        ("{fieldPath: metadata.labels}", "fieldPath"),
        ("{}", "fieldPath"),
        ("{apiVersion: v2, fieldPath: metadata.name}", "apiVersion"),
    ],
)
def test_which_fields_become_variables(places, reference, field):
    found = places("field-reference", container=f"env: [{{name: a, valueFrom: {{fieldRef: {reference}}}}}]")
    assert found == ([f"env[0].valueFrom.fieldRef.{field}"] if field else [])


@pytest.mark.parametrize(
    ("reference", "field"),
    [
        ("{resource: limits.cpu}", None),
        ("{resource: requests.ephemeral-storage, divisor: 1k}", None),
        ("{resource: limits.cpu, divisor: 1m}", None),
        ("{resource: limits.cpu, divisor: '0'}", None),
        ("{resource: limits.cpu, divisor: 1e0}", None),
        ("{resource: limits.memory, divisor: 1Mi}", None),
        ("{resource: limits.memory, divisor: 1000}", None),
        ("{resource: limits.memory, divisor: 1e3}", None),
        ("{resource: limits.hugepages-2Mi, divisor: 1Ki}", None),
        ("{resource: limits.cpu, divisor: 10m}", "divisor"),
        ("{resource: limits.memory, divisor: '1e3'}", "divisor"),
        ("{resource: limits.memory, divisor: 2Mi}", "divisor"),
        ("{resource: requests.hugepages-2Mi, divisor: 1m}", "divisor"),
        ("{resource: cpu}", "resource"),
        ("{}", "resource"),
    ],
)
def test_which_resources_become_variables(places, reference, field):
    source = f"env: [{{name: a, valueFrom: {{resourceFieldRef: {reference}}}}}]"
    found = places("field-reference", container=source)
    assert found == ([f"env[0].valueFrom.resourceFieldRef.{field}"] if field else [])
