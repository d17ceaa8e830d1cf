"""`podwright init`: what it writes validates at once, and what is there is never overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Answer, Site
from tests.fakes.kubelets import show_processes
from tests.fakes.nouns import pod_text
from tests.unit.operations.conftest import FakeNode

from podwright.cli.main import exit_code

FILES = {
    ".github/workflows/manifests.yaml",
    "README.md",
    "inventory/group_vars/all.yaml",
    "inventory/hosts.yaml",
    "templates/manifests/hello.yaml.j2",
}


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("HOME", str(tmp_path))

    def run(*arguments: str) -> Answer:
        code = exit_code(list(arguments))
        shown = capsys.readouterr()
        return Answer(code, shown.out, shown.err)

    return run


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_new_site_validates_without_a_warning(run) -> None:
    made = run("init")
    assert (made.code, set(made.out.splitlines())) == (0, FILES)
    assert made.err == "next: podwright manifest validate\n"
    assert files(Path()) == FILES
    judged = run("manifest", "validate", "--strict")
    assert (judged.code, judged.out) == (0, "")
    assert judged.err == "3 manifests on 3 nodes: 0 errors, 0 warnings\n"
    assert run("init").code == 2


def test_the_folder_is_made_and_a_repository_without_files_is_empty(run) -> None:
    Path("new/.git").mkdir(parents=True)
    assert run("init", "new").code == 0
    assert run("init", "other/below").err == "next: cd other/below && podwright manifest validate\n"
    assert files(Path("other/below")) == files(Path("new")) == FILES


@pytest.mark.parametrize("name", ["a", ".hidden"])
def test_a_folder_with_something_in_it_is_left_alone(run, name: str) -> None:
    Path(name).write_text("mine")
    refused = run("init")
    assert (refused.code, files(Path())) == (2, {name})
    assert "`.` is not empty" in refused.err


def test_a_folder_that_cannot_be_written_is_said(run) -> None:
    Path("file").touch()
    assert run("init", "file/below").err.startswith("error: cannot write `file/below`")


def test_an_ansible_folder_is_told_of_and_left_alone(run) -> None:
    Path("an/my roles/lb/templates").mkdir(parents=True)
    Path("an/hosts.ini").write_text("[lb]\nlb1\n")
    Path("an/my roles/lb/templates/haproxy.yaml.j2").write_text("apiVersion: v1\nkind: Pod\n")
    Path("an/my roles/lb/templates/vip.yml.j2").write_text("kind: Pod\n")
    before = files(Path())
    shown = run("init", "--from-ansible", "an")
    assert shown.code == 0
    assert shown.out == (
        "inventory  an/hosts.ini\n"
        "template   an/my roles/lb/templates/haproxy.yaml.j2\n"
        "template   an/my roles/lb/templates/vip.yml.j2 (copy it to a name that ends with `.yaml.j2`)\n"
        "hosts and groups: lb, lb1\n"
        "\n"
        "add to the variables of a group, such as an/group_vars/all.yml:\n"
        "\n"
        "  static_pods:\n"
        "    haproxy: present\n"
        "    vip: present\n"
        "\n"
        "then:\n"
        "\n"
        "  podwright -i an/hosts.ini --templates 'an/my roles/lb/templates' manifest validate\n"
    )
    assert files(Path()) == before
    Path("an/hosts.ini").write_text('[lb]\nlb1 static_pods=\'{"haproxy": "present"}\'\n')
    Path("an/group_vars").mkdir()
    Path("an/group_vars/lb").write_text("static_pods: {haproxy: present}\n")
    assert "\nstatic pods: haproxy\n\nthen:\n" in run("init", "--from-ansible", "an").out


def test_a_folder_without_an_inventory_is_said(run) -> None:
    Path("an").mkdir()
    refused = run("init", "--from-ansible", "an")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("error: there is no inventory in `an`")


def test_a_site_is_made_of_what_runs_on_a_node(one_node: Site, node: FakeNode) -> None:
    (node.folder / "api.yaml").write_text(pod_text("api"))
    (node.folder / "broken.yaml").write_text("kind: Deployment\n")
    answer = one_node.run("init", "made", "--from-node", "n1", "-u", "ops")
    assert answer.code == 0, answer.err
    made = one_node.folder / "made"
    assert sorted(str(path.relative_to(made)) for path in made.rglob("*") if path.is_file()) == [
        ".github/workflows/manifests.yaml",
        "README.md",
        "inventory/hosts.yaml",
        "templates/manifests/api.yaml.j2",
    ]
    site = ("-i", str(made / "inventory"), "--templates", str(made / "templates" / "manifests"))
    assert one_node.run(*site, "manifest", "validate").code == 0
    assert "update api.yaml" in one_node.run(*site, "manifest", "push", "--dry-run", "--adopt").out


def test_of_a_node_that_cannot_be_read_no_site_is_made(one_node: Site, node: FakeNode) -> None:
    show_processes(node.host.proc, [])
    answer = one_node.run("init", "made", "--from-node", "n1")
    assert answer.code == 1
    assert "no site was made" in answer.err
    assert not (one_node.folder / "made").exists()
