"""Options for Windows, which have a form on any system."""

import pytest


@pytest.mark.parametrize(("of_pod", "of_container"), [("true", "false"), ("false", "true")])
def test_host_processes_are_all_or_none(errors, of_pod, of_container):
    spec = f"securityContext: {{windowsOptions: {{hostProcess: {of_pod}}}}}"
    container = f"securityContext: {{windowsOptions: {{hostProcess: {of_container}}}}}"
    assert errors(spec, container=container) == ["pod-os"]


def test_windows_users_may_have_a_domain(errors):
    for user in ("NT AUTHORITY\\SYSTEM", "ContainerUser", "corp.example.com\\a.b", "u" * 104):
        assert errors(f"securityContext: {{windowsOptions: {{runAsUserName: '{user}'}}}}") == []


@pytest.mark.parametrize(
    "options",
    [
        "gmsaCredentialSpecName: ''",
        "gmsaCredentialSpecName: A_b",
        "gmsaCredentialSpec: ''",
        "runAsUserName: ''",
        'runAsUserName: "a\\x07"',
        "runAsUserName: 'a\\b\\c'",
        "runAsUserName: '\\user'",
        "runAsUserName: '.domain\\user'",
        "runAsUserName: 'domain\\'",
        "runAsUserName: '. .'",
        "runAsUserName: 'a@b'",
        "runAsUserName: " + "u" * 105,
    ],
)
def test_windows_users_and_credentials_have_a_form_on_any_system(errors, options):
    assert errors(f"securityContext: {{windowsOptions: {{{options}}}}}") == ["pod-os"]
    assert errors(container=f"securityContext: {{windowsOptions: {{{options}}}}}") == ["pod-os"]
