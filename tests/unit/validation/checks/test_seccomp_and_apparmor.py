"""Seccomp and AppArmor profiles: in fields, in the annotations they were before, and both saying the same."""

import pytest


@pytest.mark.parametrize(
    ("profile", "field"),
    [
        ("seccompProfile: {type: RuntimeDefault}", None),
        ("seccompProfile: {type: Localhost, localhostProfile: a/b}", None),
        ("seccompProfile: {}", "seccompProfile.type"),
        ("seccompProfile: {type: runtime/default}", "seccompProfile.type"),
        ("seccompProfile: {type: Localhost}", "seccompProfile.localhostProfile"),
        ("seccompProfile: {type: Localhost, localhostProfile: /a}", "seccompProfile.localhostProfile"),
        ("seccompProfile: {type: Localhost, localhostProfile: a/..}", "seccompProfile.localhostProfile"),
        ("seccompProfile: {type: Unconfined, localhostProfile: a}", "seccompProfile.localhostProfile"),
        ("appArmorProfile: {type: Unconfined}", None),
        ("appArmorProfile: {type: Localhost, localhostProfile: x}", None),
        ("appArmorProfile: {type: Localhost, localhostProfile: " + "x" * 4095 + "}", None),
        ("appArmorProfile: {type: Localhost, localhostProfile: " + "x" * 4096 + "}", "appArmorProfile.localhostProfile"),
        ("appArmorProfile: {type: Localhost, localhostProfile: ' x'}", "appArmorProfile.localhostProfile"),
        ("appArmorProfile: {type: Localhost, localhostProfile: ' '}", "appArmorProfile.localhostProfile"),
        ("appArmorProfile: {type: RuntimeDefault, localhostProfile: x}", "appArmorProfile.localhostProfile"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("of", ["pod", "container"])
def test_a_profile_is_whole(places, of, profile, field):
    context = f"securityContext: {{{profile}}}"
    found = places("profiles", context) if of == "pod" else places("profiles", container=context)
    start = "spec." if of == "pod" else ""
    assert found == ([f"{start}securityContext.{field}"] if field else [])


SECCOMP, APPARMOR = "seccomp.security.alpha.kubernetes.io/", "container.apparmor.security.beta.kubernetes.io/"


@pytest.mark.parametrize(
    ("key", "value", "good"),
    [
        (f"{SECCOMP}pod", "runtime/default", True),
        (f"{SECCOMP}pod", "localhost/a", True),
        (f"{SECCOMP}pod", "localhost//a", False),
        (f"{SECCOMP}pod", "localhost/../a", False),
        (f"{SECCOMP}pod", "x", False),
        (f"container.{SECCOMP}c", "docker/default", True),
        (f"container.{SECCOMP}other", "unconfined", True),
        (f"container.{SECCOMP}c", "x", False),
        (f"{APPARMOR}c", "runtime/default", True),
        (f"{APPARMOR}c", "localhost/", True),
        (f"{APPARMOR}c", "''", True),
        (f"{APPARMOR}c", "docker/default", False),
        (f"{APPARMOR}other", "unconfined", False),
    ],
)
def test_an_annotation_of_old_names_a_profile(places, key, value, good):
    found = places("profiles", metadata=f"name: p, annotations: {{{key}: {value}}}")
    assert found == ([] if good else [f"metadata.annotations[{key}]"])


def test_apparmor_annotations_name_init_containers_too(errors):
    init = "initContainers: [{name: i, image: 'i:1'}]"
    assert errors(init, metadata=f"name: p, annotations: {{{APPARMOR}i: unconfined}}") == []


@pytest.mark.parametrize(
    ("annotation", "profile", "same"),
    [
        (f"container.{SECCOMP}c: unconfined", "seccompProfile: {type: Unconfined}", True),
        (f"container.{SECCOMP}c: unconfined", "seccompProfile: {type: RuntimeDefault}", False),
        (f"container.{SECCOMP}c: docker/default", "seccompProfile: {type: RuntimeDefault}", True),
        (
            f"container.{SECCOMP}c: localhost/a",
            "seccompProfile: {type: Localhost, localhostProfile: a}",
            True,
        ),
        (
            f"container.{SECCOMP}c: localhost/a",
            "seccompProfile: {type: Localhost, localhostProfile: b}",
            False,
        ),
        (f"{APPARMOR}c: unconfined", "appArmorProfile: {type: Unconfined}", True),
        (f"{APPARMOR}c: unconfined", "appArmorProfile: {type: RuntimeDefault}", False),
        (f"{APPARMOR}c: runtime/default", "appArmorProfile: {type: RuntimeDefault}", True),
    ],
)
def test_annotation_and_field_say_the_same(places, annotation, profile, same):
    metadata = f"name: p, annotations: {{{annotation}}}"
    found = places("profiles", container=f"securityContext: {{{profile}}}", metadata=metadata)
    assert found == ([] if same else [f"securityContext.{profile.split(':')[0]}"])


@pytest.mark.parametrize(("kind", "same"), [("Unconfined", True), ("RuntimeDefault", False)])
def test_the_pods_own_annotation_and_field_say_the_same(places, kind, same):
    metadata = f"name: p, annotations: {{{SECCOMP}pod: unconfined}}"
    found = places("profiles", f"securityContext: {{seccompProfile: {{type: {kind}}}}}", metadata=metadata)
    assert found == ([] if same else ["spec.securityContext.seccompProfile"])


def test_dockers_default_was_the_runtimes(places):
    metadata = f"name: p, annotations: {{{SECCOMP}pod: docker/default}}"
    assert (
        places("profiles", "securityContext: {seccompProfile: {type: RuntimeDefault}}", metadata=metadata)
        == []
    )


def test_an_apparmor_annotation_is_held_against_the_pods_profile(places, verdict):
    metadata = f"name: p, annotations: {{{APPARMOR}c: unconfined}}"
    context = "securityContext: {appArmorProfile: {type: RuntimeDefault}}"
    assert places("profiles", context, metadata=metadata) == ["securityContext.appArmorProfile"]
    on_windows = verdict(f"{context}, os: {{name: windows}}", metadata=metadata)
    assert "profiles" not in {finding.rule for finding in on_windows.findings}
