"""What is allowed and yet unwise: told, and never an error, and never with a secret."""

import pytest


@pytest.fixture
def advice(verdict):
    """The paths of warnings and notes of this rule."""

    def told(rule, *snippets, **more):
        judged = verdict(*snippets, **more)
        assert judged.kubelet == "accepts"
        found = [one for one in judged.findings if one.rule == rule]
        assert {one.severity for one in found} <= {"warning", "note"}
        assert "hunter2" not in repr(judged.findings)
        return [one.path.removeprefix("spec.containers[0].") for one in found]

    return told


@pytest.mark.parametrize(
    ("image", "unwise"),
    [
        ("nginx", True),
        ("r:5000/nginx", True),
        ("r:5000/nginx:latest", True),
        ("nginx:1", False),
        ("r:5000/a/nginx:1", False),
        ("nginx@sha256:0", False),
        ("nginx:latest@sha256:0", False),
    ],
)
@pytest.mark.parametrize("kind", ["containers", "initContainers"])
def test_an_image_names_a_version(advice, kind, image, unwise):
    found = advice("image-tag", f"{kind}: [{{name: x, image: '{image}'}}]")
    place = "image" if kind == "containers" else "spec.initContainers[0].image"
    assert found == ([place] if unwise else [])


@pytest.mark.parametrize(
    ("variable", "secret"),
    [
        ("{name: DB_PASSWORD, value: hunter2}", True),
        ("{name: api_key, value: hunter2}", True),
        ("{name: PRIVATE_KEY_1, value: hunter2}", True),
        ("{name: PASSWORD_FILE, value: x}", False),
        ("{name: TOKEN_PATH, value: x}", False),
        ("{name: PASSWORD, value: /etc/secret}", False),
        ("{name: PASSWORD, value: $(OTHER)}", False),
        ("{name: TOKEN, value: ' '}", False),
        ("{name: TOKENS, value: x}", False),
        ("{name: USER, value: x}", False),
    ],
)
def test_a_secret_does_not_stand_in_a_manifest(advice, variable, secret):
    found = advice("plain-secret", container=f"env: [{{name: A, value: b}}, {variable}]")
    assert found == (["env[1].value"] if secret else [])


def test_a_secret_of_a_wrong_type_is_not_shown_either(verdict):
    told = verdict(
        container="env: [{name: DB_PASSWORD, value: 271828}]", metadata="name: p, labels: {a: yes}"
    )
    assert {finding.rule for finding in told.findings} == {"wrong-type"}
    assert "271828" not in repr(told.findings)
    assert any("a boolean (`true`)" in finding.message for finding in told.findings)


@pytest.mark.parametrize(
    ("rule", "container", "field"),
    [
        ("privileged", "securityContext: {privileged: true}", "securityContext.privileged"),
        ("privileged", "securityContext: {privileged: false}", None),
        ("no-requests", "", "resources"),
        ("no-requests", "resources: {requests: {}}", "resources"),
        ("no-requests", "resources: {requests: {cpu: 1m}}", None),
        ("no-requests", "resources: {limits: {memory: 1Mi}}", None),
        ("no-readiness", "livenessProbe: {tcpSocket: {port: 1}}", "livenessProbe"),
        ("no-readiness", "readinessProbe: {tcpSocket: {port: 1}}", None),
        (
            "no-readiness",
            "livenessProbe: {tcpSocket: {port: 1}}, readinessProbe: {tcpSocket: {port: 1}}",
            None,
        ),
    ],
)
def test_of_containers(advice, rule, container, field):
    assert advice(rule, container=container) == ([field] if field else [])


def test_only_what_goes_on_running_requests_and_is_ready(advice):
    init = "initContainers: [{name: i, image: 'i:1'}], containers: [{name: c, image: 'i:1'}]"
    assert advice("no-requests", init) == ["resources"]


@pytest.mark.parametrize(
    ("rule", "volume", "field"),
    [
        ("host-path-type", "hostPath: {path: /x}", ".hostPath"),
        ("host-path-type", "hostPath: {path: /x, type: ''}", ".hostPath"),
        ("host-path-type", "hostPath: {path: /x, type: File}", None),
        ("host-path-type", "emptyDir: {}", None),
        ("file-mode", "downwardAPI: {defaultMode: 0644}", None),
        ("file-mode", "downwardAPI: {defaultMode: 0620}", ".downwardAPI.defaultMode"),
        ("file-mode", "projected: {defaultMode: 0602}", ".projected.defaultMode"),
        ("file-mode", "projected: {defaultMode: 0777}", ".projected.defaultMode"),
        ("unused-volume", "emptyDir: {}", ""),
    ],
)
def test_of_volumes(advice, rule, volume, field):
    found = advice(rule, f"volumes: [{{name: v, {volume}}}]")
    assert found == ([] if field is None else [f"spec.volumes[0]{field}"])


def test_a_volume_is_used_by_a_mount_or_a_device_of_any_container(advice):
    volumes = "volumes: [{name: v, emptyDir: {}}]"
    mount = "volumeMounts: [{name: v, mountPath: /v}]"
    assert advice("unused-volume", volumes, container=mount) == []
    init = f"initContainers: [{{name: i, image: 'i:1', {mount}}}]"
    assert advice("unused-volume", f"{volumes}, {init}") == []


def test_a_device_uses_its_volume(verdict):
    claim = "volumes: [{name: v, persistentVolumeClaim: {claimName: a}}]"
    used = verdict(claim, container="volumeDevices: [{name: v, devicePath: /d}]", version="1.33")
    assert "unused-volume" not in {finding.rule for finding in used.findings}


@pytest.mark.parametrize(
    ("spec", "unwise"),
    [
        ("hostNetwork: false, enableServiceLinks: true", True),
        ("hostNetwork: false, enableServiceLinks: null", True),
        ("hostNetwork: false, enableServiceLinks: false", False),
        ("hostNetwork: true, enableServiceLinks: true", False),
    ],
)
def test_service_links_change_between_starts(advice, spec, unwise):
    assert advice("service-links", spec) == (["spec.enableServiceLinks"] if unwise else [])
