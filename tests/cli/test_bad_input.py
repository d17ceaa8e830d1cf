"""What people get wrong: each a message that says where and what to do, the right exit code, and no traceback."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.cli.conftest import Site
from tests.fakes.nouns import pod_text

from podwright.cli.app import App
from podwright.cli.site_options import SiteOptions

DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"


def check(answer, code: int, *words: str) -> None:
    assert answer.code == code, answer.err
    assert "Traceback" not in answer.err
    assert answer.err.startswith("error: ")
    for word in words:
        assert word in answer.err, answer.err


def test_a_missing_inventory(site: Site) -> None:
    check(site.run("-i", "nowhere", "manifest", "validate"), 2, "`nowhere`", "hint:")


def test_a_missing_templates_folder(site: Site) -> None:
    check(site.run("--templates", "nowhere", "manifest", "validate"), 2, "`nowhere`", "PODWRIGHT_TEMPLATES")


def test_an_unknown_host_in_limit(site: Site) -> None:
    check(site.run("manifest", "validate", "-l", "cp-9"), 2, "cp-9", "hint:")


def test_a_limit_that_leaves_nothing(site: Site) -> None:
    check(site.run("manifest", "validate", "-l", "all:!all"), 2)


def test_cyclic_groups(site: Site) -> None:
    site.inventory.write_text(
        "all:\n  children:\n    a:\n      children:\n        b:\n          children:\n            a:\n"
    )
    check(site.run("manifest", "validate"), 1, "hosts.yaml:")


def test_a_yaml_syntax_error_has_its_line_and_column(site: Site) -> None:
    site.inventory.write_text("all:\n  hosts: [\n")
    check(site.run("manifest", "validate"), 1, "hosts.yaml:3:1")


def test_a_duplicate_key_is_told_and_the_last_one_counts(site: Site) -> None:
    site.inventory.write_text("all:\n  hosts:\n    cp-1:\n    cp-1: {static_pods: [web]}\n")
    answer = site.run("manifest", "validate")
    assert (answer.code, "1 manifest on 1 node" in answer.err) == (0, True)
    assert "hosts.yaml:4:5: the key `cp-1` is here twice" in answer.err


def test_every_problem_of_an_inventory_at_once(site: Site) -> None:
    site.inventory.write_text(
        "all:\n  hosts:\n    cp-1:\n      ansible_port: many\n      podwright_hodl: 3\n      static_pods: 7\n"
    )
    answer = site.run("manifest", "validate")
    check(answer, 1, "hosts.yaml:4:", "hosts.yaml:5:", "hosts.yaml:6:", "podwright_hold")


@pytest.mark.parametrize(
    ("template", "word"),
    [
        ("", "renders nothing"),
        ("{% if false %}x{% endif %}\n", "renders nothing"),
        (DEPLOYMENT, "Deployment"),
        (f"{pod_text()}---\n{pod_text('other')}", "document"),
        (pod_text(extra="  hostNetwrk: true\n"), "did you mean `hostNetwork`?"),
        (pod_text("Web_1"), "Web_1"),
    ],
    ids=["nothing", "nothing-by-condition", "deployment", "two", "misspelt", "bad-name"],
)
def test_a_template_that_makes_no_static_pod_stops_the_push_before_any_node(
    site: Site, template: str, word: str
) -> None:
    site.template("web", template)
    check(site.run("manifest", "push", "-y"), 1, "web.yaml.j2", word)


def test_the_same_problem_on_many_nodes_is_told_once(site: Site) -> None:
    site.template("web", DEPLOYMENT)
    check(site.run("manifest", "push", "-y"), 1, "web.yaml.j2:2:7 on cp-1, cp-2: ")


def test_a_problem_is_told_at_the_templates_own_line(site: Site) -> None:
    """Two lines of the template render to nothing, so the rendered text has other numbers."""
    site.template("web", "{# a comment #}\n{% set x = 1 %}\n" + pod_text(extra="  hostNetwrk: true\n"))
    check(site.run("manifest", "push", "-y"), 1, "web.yaml.j2:9:3 on")
    looped = "{% for name in ['hostNetwrk'] %}\n  {{ name }}: true\n{% endfor %}\n"
    site.template("web", pod_text(extra=looped))
    check(site.run("manifest", "push", "-y"), 1, "web.yaml.j2:8 on", "`spec.hostNetwrk`")
    (site.templates / "_extra.j2").write_text("  hostNetwrk: true\n")
    site.template("web", pod_text(extra="{% include '_extra.j2' %}\n\n"))
    check(site.run("manifest", "push", "-y"), 1, "_extra.j2:1:3 on", "`spec.hostNetwrk`")


def test_an_undefined_variable_is_told_with_file_line_and_node(site: Site) -> None:
    site.template("web", pod_text(image="{{ imagee }}"))
    check(site.run("manifest", "push", "-y"), 1, "web.yaml.j2:9", "cp-1", "`imagee`")


def test_a_template_that_is_not_there(site: Site) -> None:
    (site.templates / "web.yaml.j2").unlink()
    check(site.run("manifest", "push", "-y"), 1, "web.yaml.j2")


def test_one_pod_in_two_templates_of_a_node(site: Site) -> None:
    site.template("copy", pod_text())
    site.inventory.write_text("all:\n  hosts:\n    cp-1:\n      static_pods: [web, copy]\n")
    check(site.run("manifest", "push", "-y"), 1, "both define the pod `default/web`")


def test_a_warning_stops_a_strict_push(site: Site) -> None:
    site.template("web", pod_text(image="example.com/web:latest"))
    check(site.run("manifest", "push", "-y", "--strict"), 1, "web.yaml: ", "(on 2 nodes)", "docs/rules.md")


def test_one_port_of_the_node_in_two_templates(site: Site) -> None:
    ports = "    ports: [{containerPort: 8443}]\n"
    site.template("web", pod_text() + ports)
    site.template("other", pod_text("other") + ports)
    site.inventory.write_text("all:\n  hosts:\n    cp-1:\n      static_pods: [web, other]\n")
    check(
        site.run("manifest", "push", "-y"),
        1,
        "`other.yaml` and `web.yaml` both take the port 8443/TCP",
        "cp-1",
    )


def test_an_unknown_name_for_only(site: Site) -> None:
    check(site.run("manifest", "push", "-y", "--only", "wbe"), 2, "`wbe`", "web")
    check(site.run("manifest", "validate", "--only", "wbe"), 2, "`wbe`", "web")


def test_validate_says_of_a_template_that_renders_nothing_what_push_says(site: Site) -> None:
    site.template("web", "{% if false %}x{% endif %}\n")
    answer = site.run("manifest", "validate")
    assert answer.code == 1
    assert (
        "the template renders nothing: to keep it off this node, set `static_pods: {web: absent}`"
        in answer.out
    )


def test_a_hint_stands_below_the_errors_that_it_is_about(site: Site) -> None:
    site.inventory.write_text(
        "all:\n  hosts:\n    a: {ansible_port: no}\n    b: {podwright_hodl: 1}\n    c: {podwright_hodl: 1}\n"
    )
    answer = site.run("manifest", "push")
    place = "inventory/hosts.yaml"
    assert answer.err == (
        f"error: {place}:3:23: `ansible_port` is a port from 1 to 65535, not `False`\n\n"
        f"error: {place}:4:9: podwright has no variable `podwright_hodl`\n"
        f"error: {place}:5:9: podwright has no variable `podwright_hodl`\n\n"
        "hint: did you mean `podwright_hold`?\n"
    )


def test_a_name_to_remove_that_could_leave_the_folder(site: Site) -> None:
    for name in ("../web", ".web", "a b", "web;rm"):
        check(site.run("manifest", "remove", "-y", name), 2, "not a legal name")


def test_a_kubeconfig_that_was_named_and_is_not_there(site: Site) -> None:
    check(site.run("--kubeconfig", "nowhere", "drift", "check"), 2, "nowhere")


def test_a_kubeconfig_variable_that_leads_nowhere_is_an_api_that_cannot_be_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A misspelt path in a cron job must not turn a source of evidence off silently."""
    monkeypatch.setenv("KUBECONFIG", "/nowhere/config")
    with App(SiteOptions()).world() as world:
        assert not world.without_api
        assert world.mirrors.unavailable == "`/nowhere/config` of KUBECONFIG is not there"
        assert "`--no-api`" in world.mirrors.remedy
    monkeypatch.setenv("KUBECONFIG", "")
    monkeypatch.setenv("HOME", "/nowhere")
    with App(SiteOptions()).world() as world:
        assert world.without_api


def test_an_empty_kubeconfig_is_named(site: Site) -> None:
    (site.folder / "empty").touch()
    check(site.run("--kubeconfig", "empty", "drift", "check"), 2, "`empty`", "check the path")


def test_a_private_key_that_cannot_be_read(site: Site) -> None:
    check(site.run("--private-key", "nowhere", "manifest", "status"), 2, "`nowhere`")


def test_control_characters_of_a_template_never_reach_the_terminal(site: Site) -> None:
    site.template("web", pod_text(metadata='  labels: {app: "\\e[31mred"}\n'))
    answer = site.run("manifest", "push", "-y")
    assert answer.code == 1
    assert "\x1b" not in answer.err


def test_an_ssh_configuration_that_was_named_and_is_not_there(site: Site) -> None:
    check(site.run("--ssh-config", "nowhere", "manifest", "status"), 2, "`nowhere`", "`none`")


def test_a_version_that_is_none(site: Site) -> None:
    check(site.run("manifest", "validate", "--kubernetes-version", "banana"), 2, "`banana`")


def test_plain_files_may_stand_without_an_option(site: Site) -> None:
    (site.folder / "web.yaml").write_text(pod_text())
    answer = site.run("manifest", "validate", "web.yaml")
    assert answer.code == 0
    assert answer.err.startswith("1 manifest: 0 errors, ")


def test_a_plain_file_may_come_from_standard_input(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "given").write_text(pod_text().replace("image:", "imgae:"))
    with (tmp_path / "given").open() as given:
        monkeypatch.setattr("sys.stdin", given)
        answer = site.run("manifest", "validate", "-")
    assert answer.code == 1
    assert re.search(r"^-:\d+:\d+ +error +unknown-field ", answer.out, re.M)


@pytest.mark.parametrize("command", ["push --dry-run", "diff", "render", "validate"])
def test_a_misspelt_static_pods_is_not_silence(site: Site, command: str) -> None:
    site.inventory.write_text("all:\n  hosts: {cp-1: {}}\n  vars: {static_pod: [web], ansible_port: 1}\n")
    answer = site.run("manifest", *command.split(), "--no-api", "--connect-timeout", "0.2")
    check(answer, 1, "hosts.yaml:3:10: podwright has no variable `static_pod`", "did you mean `static_pods`?")
    site.inventory.write_text("all:\n  hosts: {cp-1: {}}\n  vars: {pods: [web], ansible_port: 1}\n")
    answer = site.run("manifest", *command.split(), "--no-api", "--connect-timeout", "0.2")
    assert "warning: no chosen node has a static pod" in answer.err
    assert "`static_pods`" in answer.err


def test_a_template_that_fails_on_many_nodes_is_validated_with_one_line(site: Site) -> None:
    site.template("web", "{{ nothing_of_the_kind }}\n")
    answer = site.run("manifest", "validate")
    assert answer.code == 1
    [row] = answer.out.splitlines()[1:]
    assert re.match(
        r"\S+/web\.yaml\.j2:1:4 +error +template +cp-1, cp-2 +`nothing_of_the_kind` is undefined", row
    )
    records = json.loads(site.run("manifest", "validate", "-o", "json").out)
    assert [(one["kubelet"], one["nodes"]) for one in records] == [("rejects", ["cp-1", "cp-2"])]
    for output in ("sarif", "junit", "github"):
        assert "nothing_of_the_kind" in site.run("manifest", "validate", "-o", output).out


def test_machines_that_podwright_cannot_connect_to_are_in_nobodys_way(site: Site) -> None:
    site.inventory.write_text(
        "all:\n  hosts:\n    localhost: {ansible_connection: local, ansible_become_password: '{{ vault_pw }}'}\n"
        "    n_1: {static_pods: [web], ansible_ssh_common_args: -w 1 -J gate}\n"
    )
    answer = site.run("manifest", "validate")
    assert answer.code == 0, answer.err
    assert "inventory/hosts.yaml:4:56: `ansible_ssh_common_args`: `-w` is not used" in answer.err
    answer = site.run("manifest", "validate", "-l", "n_1")
    assert answer.code == 0, answer.err


def test_a_rule_that_is_not_there_cannot_be_silenced(site: Site) -> None:
    site.inventory.write_text("all:\n  hosts: {cp-1: }\n  vars: {podwright_silenced_rules: [image-tga]}\n")
    check(
        site.run("manifest", "validate"),
        1,
        "hosts.yaml:3:36: there is no rule `image-tga`",
        "did you mean",
    )
    site.inventory.write_text("all:\n  hosts: {cp-1: }\n  vars: {podwright_silenced_rules: [pod-name]}\n")
    check(site.run("manifest", "validate"), 1, "there is no rule `pod-name` that can be silenced")
