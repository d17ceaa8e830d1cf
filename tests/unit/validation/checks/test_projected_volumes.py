"""Files put together from several sources: paths inside the volume, modes, and one place for each file."""

import pytest

NAME = "fieldRef: {fieldPath: metadata.name}"


def downward(items):
    return f"volumes: [{{name: v, downwardAPI: {items}}}]"


@pytest.mark.parametrize(
    ("items", "field"),
    [
        ("{items: [{path: a}]}", ".items[0]"),
        (f"{{items: [{{path: a, {NAME}, resourceFieldRef: {{resource: limits.cpu}}}}]}}", ".items[0]"),
        (f"{{items: [{{{NAME}}}]}}", ".items[0].path"),
        (f"{{items: [{{path: ../a, {NAME}}}]}}", ".items[0].path"),
        (f"{{items: [{{path: ..a, {NAME}}}]}}", ".items[0].path"),
        (f"{{items: [{{path: /a, {NAME}}}]}}", ".items[0].path"),
        (f"{{items: [{{path: a, mode: -1, {NAME}}}]}}", ".items[0].mode"),
        (f"{{items: [{{path: a, {NAME}}}, {{path: b, mode: 01000, {NAME}}}]}}", ".items[1].mode"),
        ("{defaultMode: 644}", ".defaultMode"),
        ("{defaultMode: -1}", ".defaultMode"),
    ],
)
def test_the_kubelet_refuses_a_file(places, items, field):
    assert places("volume", downward(items)) == [f"spec.volumes[0].downwardAPI{field}"]


@pytest.mark.parametrize(
    "items",
    [
        "{}",
        "{defaultMode: 0644, items: [{path: a/b, fieldRef: {fieldPath: metadata.labels}}]}",
        "{defaultMode: 0o777}",
        "{defaultMode: 0}",
        "{items: [{path: a, resourceFieldRef: {containerName: c, resource: limits.cpu}}]}",
        f"{{items: [{{path: a, {NAME}}}, {{path: a, {NAME}}}]}}",
    ],
)
def test_the_kubelet_takes_files(errors, items):
    assert errors(downward(items)) == []


@pytest.mark.parametrize(
    ("reference", "field"),
    [
        ("fieldRef: {fieldPath: status.podIP}", "fieldRef.fieldPath"),
        ("fieldRef: {fieldPath: metadata}", "fieldRef.fieldPath"),
        ("fieldRef: {}", "fieldRef.fieldPath"),
        ("fieldRef: {fieldPath: \"metadata.labels['a b']\"}", "fieldRef.fieldPath"),
        ("resourceFieldRef: {resource: limits.cpu}", "resourceFieldRef.containerName"),
    ],
)
def test_only_some_fields_become_files(places, reference, field):
    found = places("field-reference", downward(f"{{items: [{{path: a, {reference}}}]}}"))
    assert found == [f"spec.volumes[0].downwardAPI.items[0].{field}"]


@pytest.mark.parametrize(
    ("mode", "hint"), [("644", "write 0644"), ("777", "write 0777"), ("778", ""), ("-1", "write 0-1")]
)
def test_a_mode_that_looks_octal_is_explained(verdict, mode, hint):
    (finding,) = (
        one for one in verdict(downward(f"{{defaultMode: {mode}}}")).findings if one.rule == "volume"
    )
    assert hint in finding.hint
    assert bool(hint) == bool(finding.hint)


def projected(sources):
    return f"volumes: [{{name: v, projected: {sources}}}]"


FILE = "downwardAPI: {items: [{path: a, fieldRef: {fieldPath: metadata.name}}]}"


@pytest.mark.parametrize(
    ("sources", "fields"),
    [
        ("{}", []),
        ("{sources: []}", []),
        ("{defaultMode: 01000}", [".defaultMode"]),
        ("{sources: [{}]}", [".sources[0]"]),
        (f"{{sources: [{{{FILE}}}]}}", []),
        (f"{{sources: [{{{FILE}}}, {{{FILE}}}]}}", [".sources[1]"]),
        (f"{{sources: [{{{FILE}, secret: {{name: s}}}}]}}", [".sources[0]"]),
        ("{sources: [{secret: {items: [{path: x}]}}]}", [".sources[0].secret.name", ".sources[0].secret.items[0].key"]),
        ("{sources: [{configMap: {name: a, items: [{key: k}]}}]}", [".sources[0].configMap.items[0].path"]),
        ("{sources: [{clusterTrustBundle: {name: a}}]}", [".sources[0].clusterTrustBundle.path"]),
        (f"{{sources: [{{{FILE}}}, {{clusterTrustBundle: {{name: b, path: a}}}}]}}", [".sources[1]"]),
        (f"{{sources: [{{{FILE}}}, {{podCertificate: {{keyPath: a}}}}]}}", [".sources[1]"]),
    ],
)  # fmt: skip
def test_sources_are_whole_and_put_each_file_in_a_place_of_its_own(verdict, sources, fields):
    found = [one for one in verdict(projected(sources)).findings if one.rule == "volume"]
    errors = [one.path.removeprefix("spec.volumes[0].projected") for one in found if one.severity == "error"]
    assert errors == fields


@pytest.mark.parametrize(
    ("seconds", "good"), [(599, False), (600, True), (2**32, True), (2**32 + 1, False)]
)  # fmt: skip
def test_a_token_lives_for_ten_minutes_at_least(verdict, seconds, good):
    source = f"{{serviceAccountToken: {{path: t, expirationSeconds: {seconds}}}}}"
    paths = [one.path for one in verdict(projected(f"{{sources: [{source}]}}")).findings]
    place = "spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds"
    assert (place in paths) is not good
