"""The operating system of a pod, and what a pod for Windows may say."""

import pytest

# no error is left but those of `pod-os`, and that no node of ours runs Windows
WINDOWS = "hostNetwork: false, os: {name: windows}"


def of_windows(verdict, spec, container=""):
    found = verdict(f"{WINDOWS}, {spec}" if spec else WINDOWS, container=container).findings
    return [one.path for one in found if one.rule == "pod-os"]


@pytest.mark.parametrize(
    ("os", "place"), [("{name: linux}", []), ("{name: plan9}", ["spec.os.name"]), ("{}", ["spec.os.name"])]
)
def test_a_pod_is_for_linux_or_windows(places, os, place):
    assert places("pod-os", f"os: {os}") == place


@pytest.mark.parametrize(
    ("spec", "container", "place"),
    [
        ("", "", None),
        ("hostPID: false", "", None),
        ("hostPID: true", "", "spec.hostPID"),
        ("hostIPC: true", "", "spec.hostIPC"),
        ("hostUsers: true", "", "spec.hostUsers"),
        ("shareProcessNamespace: false", "", "spec.shareProcessNamespace"),
        ("securityContext: {runAsNonRoot: true}", "", None),
        ("securityContext: {runAsUser: 1}", "", "spec.securityContext.runAsUser"),
        ("securityContext: {sysctls: []}", "", None),
        ("securityContext: {sysctls: [{name: a, value: b}]}", "", "spec.securityContext.sysctls"),
        ("", "securityContext: {privileged: false}", "spec.containers[0].securityContext.privileged"),
        (
            "initContainers: [{name: i, image: 'i:1', securityContext: {procMount: Default}}]",
            "",
            "spec.initContainers[0].securityContext.procMount",
        ),
    ],
)
def test_a_pod_for_windows_says_nothing_of_linux(verdict, spec, container, place):
    assert of_windows(verdict, spec, container) == ([place] if place else [])


@pytest.mark.parametrize("os", ["", "os: {name: linux}, "])
def test_a_pod_for_linux_says_nothing_of_windows(places, os):
    options = "securityContext: {windowsOptions: {}}"
    found = [*places("pod-os", f"{os}{options}"), *places("pod-os", os.removesuffix(", "), container=options)]
    start = "securityContext.windowsOptions"
    assert found == ([f"spec.{start}", start] if os else [])


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ("gmsaCredentialSpecName: a.b", None),
        ("gmsaCredentialSpecName: ''", "gmsaCredentialSpecName"),
        ("gmsaCredentialSpecName: A_b", "gmsaCredentialSpecName"),
        ("gmsaCredentialSpec: x", None),
        ("gmsaCredentialSpec: ''", "gmsaCredentialSpec"),
        ("gmsaCredentialSpec: " + "x" * 65_536, None),
        ("gmsaCredentialSpec: " + "x" * 65_537, "gmsaCredentialSpec"),
        ("runAsUserName: 'NT AUTHORITY\\SYSTEM'", None),
        ("runAsUserName: ContainerUser", None),
        ("runAsUserName: 'corp.example.com\\a.b'", None),
        ("runAsUserName: " + "u" * 104, None),
        ("runAsUserName: " + "u" * 105, "runAsUserName"),
        ("runAsUserName: '" + "a.b" * 85 + "\\user'", None),
        ("runAsUserName: '" + "a." * 128 + "\\user'", "runAsUserName"),
        ("runAsUserName: ''", "runAsUserName"),
        ('runAsUserName: "a\\x07"', "runAsUserName"),
        ("runAsUserName: 'a\\b\\c'", "runAsUserName"),
        ("runAsUserName: '\\user'", "runAsUserName"),
        ("runAsUserName: '.domain\\user'", "runAsUserName"),
        ("runAsUserName: 'domain\\'", "runAsUserName"),
        ("runAsUserName: '. .'", "runAsUserName"),
        ("runAsUserName: 'a@b'", "runAsUserName"),
    ],
)
@pytest.mark.parametrize("of", ["pod", "container"])
def test_users_and_credentials_have_a_form_on_any_system(places, of, options, field):
    context = f"securityContext: {{windowsOptions: {{{options}}}}}"
    found = places("pod-os", context) if of == "pod" else places("pod-os", container=context)
    start = "spec." if of == "pod" else ""
    assert found == ([f"{start}securityContext.windowsOptions.{field}"] if field else [])


@pytest.mark.parametrize(
    ("of_pod", "of_container", "network", "count"),
    [
        ("null", "true", "true", 0),
        ("null", "true", "false", 1),
        ("true", "null", "true", 0),
        ("true", "true", "true", 0),
        ("false", "false", "false", 0),
        ("null", "null", "false", 0),
        ("true", "false", "true", 1),
        ("false", "true", "true", 1),
        ("false", "true", "false", 2),
    ],
)
def test_host_processes_are_all_or_none_and_on_the_hosts_network(
    places, of_pod, of_container, network, count
):
    spec = f"hostNetwork: {network}, securityContext: {{windowsOptions: {{hostProcess: {of_pod}}}}}"
    container = f"securityContext: {{windowsOptions: {{hostProcess: {of_container}}}}}"
    place = "spec.securityContext.windowsOptions.hostProcess"
    assert places("pod-os", spec, container=container) == [place] * count


def test_one_container_of_two_cannot_be_a_host_process(places):
    process = "securityContext: {windowsOptions: {hostProcess: true}}"
    two = f"containers: [{{name: a, image: 'i:1', {process}}}, {{name: b, image: 'i:1'}}]"
    assert places("pod-os", two) == ["spec.securityContext.windowsOptions.hostProcess"]
