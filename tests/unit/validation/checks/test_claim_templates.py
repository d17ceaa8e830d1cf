"""Ephemeral volumes on kubelets before 1.34, which take them: the claim's template, whole and wrong."""

import pytest

MODES = "accessModes: [ReadWriteOnce]"
SIZE = "resources: {requests: {storage: 1Gi}}"


@pytest.mark.parametrize(
    ("template", "field"),
    [
        (f"spec: {{{MODES}, {SIZE}}}", None),
        (f"metadata: {{labels: {{a: b}}, annotations: {{A: b}}}}, spec: {{{MODES}, {SIZE}}}", None),
        (f"spec: {{{MODES}, {SIZE}, storageClassName: '', volumeMode: Block}}", None),
        (f"spec: {{{MODES}, {SIZE}, dataSource: {{kind: PersistentVolumeClaim, name: a}}}}", None),
        ("", "spec.accessModes spec.resources.requests[storage]"),
        (f"spec: {{{SIZE}}}", "spec.accessModes"),
        (f"spec: {{accessModes: [readWriteOnce], {SIZE}}}", "spec.accessModes[0]"),
        (f"spec: {{accessModes: [ReadWriteOncePod, ReadOnlyMany], {SIZE}}}", "spec.accessModes"),
        (f"spec: {{{MODES}}}", "spec.resources.requests[storage]"),
        (f"spec: {{{MODES}, resources: {{requests: {{storage: 0}}}}}}", "spec.resources.requests[storage]"),
        (f"spec: {{{MODES}, {SIZE}, storageClassName: A}}", "spec.storageClassName"),
        (f"spec: {{{MODES}, {SIZE}, volumeMode: ''}}", "spec.volumeMode"),
        (f"spec: {{{MODES}, {SIZE}, dataSource: {{kind: Disk, name: a}}}}", "spec.dataSource.kind"),
        (
            f"spec: {{{MODES}, {SIZE}, dataSourceRef: {{apiGroup: a.b}}}}",
            "spec.dataSourceRef.kind spec.dataSourceRef.name",
        ),
        (f"metadata: {{name: a}}, spec: {{{MODES}, {SIZE}}}", "metadata.name"),
        (f"metadata: {{annotations: {{'a b': c}}}}, spec: {{{MODES}, {SIZE}}}", "metadata.annotations"),
    ],
)
def test_what_a_claim_is_made_from(verdict, template, field):
    """`ValidatePersistentVolumeClaimSpec`, `validatePersistentVolumeClaimTemplateObjectMeta`."""
    spec = f"volumes: [{{name: v, ephemeral: {{volumeClaimTemplate: {{{template}}}}}}}]"
    judged = verdict(spec, version="1.33")
    assert (judged.kubelet, judged.mirror) == ("rejects" if field else "accepts", "rejects")
    start = "spec.volumes[0].ephemeral.volumeClaimTemplate."
    found = [one.path.removeprefix(start) for one in judged.findings if one.rule == "volume"]
    assert " ".join(found) == (field or "")


def test_a_template_is_wanted(verdict):
    """`validateEphemeralVolumeSource`."""
    judged = verdict("volumes: [{name: v, ephemeral: {}}]", version="1.33")
    assert judged.kubelet == "rejects"
