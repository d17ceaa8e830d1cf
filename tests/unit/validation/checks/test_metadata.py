"""Names, labels, annotations, owners, finalizers and managed fields."""

import pytest

LIMIT = 256 * 1024


@pytest.mark.parametrize(
    ("metadata", "rule", "field"),
    [
        ("namespace: A", "namespace", "namespace"),
        ("namespace: a.b", "namespace", "namespace"),
        ("labels: {'-a': b}", "labels", "labels"),
        ("labels: {a/b/c: d}", "labels", "labels"),
        ("labels: {A_B/c: d}", "labels", "labels"),
        ("labels: {a: " + "x" * 64 + "}", "labels", "labels[a]"),
        ("annotations: {'a b': c}", "annotations", "annotations"),
        ("generateName: P", "pod-name", "generateName"),
        ("generateName: '-'", "pod-name", "generateName"),
        ("generateName: a.", "pod-name", "generateName"),
        ("generation: -1", "pod-name", "generation"),
        ("managedFields: [{operation: Patch}]", "managed-fields", "managedFields[0].operation"),
        ("managedFields: [{}]", "managed-fields", "managedFields[0].operation"),
    ],
)
def test_the_kubelet_refuses(verdict, metadata, rule, field):
    judged = verdict(metadata=f"name: p, {metadata}")
    assert judged.kubelet == "rejects"
    found = [one for one in judged.findings if one.severity == "error"]
    assert [(one.rule, one.path) for one in found] == [(rule, f"metadata.{field}")]


@pytest.mark.parametrize(
    "metadata",
    [
        "labels: {a: '', b.c/d: e_f, E: null}",
        'annotations: {Example.com/A: "any\\tthing\\n", b: null}',
        "namespace: kube-system, creationTimestamp: null",
        "generateName: a-b-, generation: 0",
        "generateName: a--",
        "managedFields: [{operation: Apply, fieldsType: FieldsV1}]",
    ],
)
def test_the_kubelet_takes(verdict, metadata):
    assert verdict(metadata=f"name: p, {metadata}").kubelet == "accepts"


@pytest.mark.parametrize(
    ("cost", "good"),
    [
        ("0", True),
        ("-5", True),
        ("2147483647", True),
        ("2147483648", False),
        ("-2147483648", True),
        ("-2147483649", False),
        ("1.5", False),
        ("+1", False),
        ("01", False),
    ],
)
def test_the_cost_of_deletion_is_a_small_integer(places, cost, good):
    key = "controller.kubernetes.io/pod-deletion-cost"
    found = places("annotations", metadata=f"name: p, annotations: {{{key}: '{cost}'}}")
    assert found == ([] if good else [f"metadata.annotations[{key}]"])


def test_what_the_kubelet_adds_counts_against_the_limit_of_annotations(verdict):
    # config.hash (25 bytes) of 32 bytes is there before validation, three more are on the mirror pod
    hashed = LIMIT - 1 - len("kubernetes.io/config.hash") - 32
    # those of config.seen, config.source and config.mirror with their values
    mirrored = hashed - (25 + 30) - (27 + 4) - (27 + 32)
    for size, kubelet, mirror in (
        (hashed + 1, "rejects", "rejects"),
        (hashed, "accepts", "rejects"),
        (mirrored + 1, "accepts", "rejects"),
        (mirrored, "accepts", "accepts"),
    ):
        judged = verdict(metadata=f"name: p, annotations: {{a: {'x' * size}}}")
        assert (judged.kubelet, judged.mirror) == (kubelet, mirror)


OWNER = "apiVersion: v1, kind: K, name: owner, uid: u"


@pytest.mark.parametrize(
    ("owners", "fields"),
    [
        (f"{{{OWNER}}}", []),
        (f"{{{OWNER}, controller: true}}, {{{OWNER}, controller: false}}", []),
        (f"{{{OWNER}, controller: true}}, {{{OWNER}, controller: true}}", [""]),
        ("{}", ["[0].kind", "[0].name", "[0].uid", "[0].apiVersion"]),
        (f"{{{OWNER}}}, {{apiVersion: v1, kind: Event, name: e, uid: u}}", ["[1]"]),
        ("{apiVersion: events.k8s.io/v1, kind: Event, name: e, uid: u}", []),
    ],
)
def test_owners_are_whole_and_one_of_them_controls(places, owners, fields):
    found = places("owner-references", metadata=f"name: p, ownerReferences: [{owners}]")
    assert found == [f"metadata.ownerReferences{field}" for field in fields]


@pytest.mark.parametrize(
    ("version", "good"),
    [("v1", True), ("apps/v1", True), ("a/b/c", False), ("apps/", False), ("/", False), ("''", False)],
)
def test_an_owner_has_a_version(places, version, good):
    owner = f"{{apiVersion: {version}, kind: K, name: owner, uid: u}}"
    found = places("owner-references", metadata=f"name: p, ownerReferences: [{owner}]")
    assert found == ([] if good else ["metadata.ownerReferences[0].apiVersion"])


@pytest.mark.parametrize(
    ("finalizers", "kubelet"),
    [
        ("[a.b/c, orphan]", "accepts"),
        ("[kubernetes]", "accepts"),
        ("[orphan, foregroundDeletion]", "rejects"),
        ("['a b/c']", "rejects"),
        ("[a]", "rejects"),
    ],
)
def test_finalizers_are_standard_or_of_a_domain(verdict, finalizers, kubelet):
    assert verdict(metadata=f"name: p, finalizers: {finalizers}").kubelet == kubelet


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ("manager: " + "m" * 128, None),
        ("manager: " + "m" * 129, "manager"),
        ('manager: "a\\tb"', "manager"),
        ("subresource: " + "s" * 256, None),
        ("subresource: " + "s" * 257, "subresource"),
        ("fieldsType: FieldsV2", "fieldsType"),
    ],
)
def test_managed_fields_have_a_form(places, fields, field):
    found = places("managed-fields", metadata=f"name: p, managedFields: [{{operation: Update, {fields}}}]")
    assert found == ([f"metadata.managedFields[0].{field}"] if field else [])
