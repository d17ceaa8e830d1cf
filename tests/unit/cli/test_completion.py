"""Shell completion knows the site: nodes and groups, static pods, contexts."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.shell_completion import BashComplete
from tests.cli.conftest import Site

from podwright.cli.main import cli

KUBECONFIG = """
apiVersion: v1
kind: Config
contexts:
- {name: prod, context: {cluster: c, user: u}}
- {name: staging, context: {cluster: c, user: u}}
- {name: "pro\\ed", context: {cluster: c, user: u}}
"""


@pytest.fixture
def site(tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("KUBECONFIG", raising=False)
    made = Site(tmp_path, capsys)
    made.inventory.write_text(
        "all:\n  vars: {static_pods: [web, api]}\n  hosts: {cp-1: {}, cp-2: {}}\n"
        "  children:\n    workers: {hosts: {w-1: {}}, vars: {static_pods: {proxy: present}}}\n"
        "    vips: {hosts: {w-1: {}}, vars: {static_pods: {vip: {instances: [{name: blue}]}}}}\n"
    )
    return made


def completed(words: str, incomplete: str) -> list[str]:
    found = BashComplete(cli, {}, "podwright", "_PODWRIGHT_COMPLETE").get_completions(
        words.split(), incomplete
    )
    return [entry.value for entry in found]


@pytest.mark.parametrize(
    ("incomplete", "offered"),
    [
        ("cp", ["cp-1", "cp-2"]),
        ("w", ["w-1", "workers"]),
        ("cp-1,cp", ["cp-1,cp-1", "cp-1,cp-2"]),
        ("all,!w", ["all,!w-1", "all,!workers"]),
        ("all:!w", ["all:!w-1", "all:!workers"]),
        ("!cp", ["!cp-1", "!cp-2"]),
        ("zz", []),
    ],
)
def test_a_limit_completes_to_nodes_and_groups(site: Site, incomplete: str, offered: list[str]) -> None:
    for command in ("manifest push -l", "manifest status --limit", "drift check -l"):
        assert completed(command, incomplete) == offered


def test_pods_are_those_of_the_inventory(site: Site) -> None:
    assert completed("manifest push --only", "") == ["api", "proxy", "vip", "vip.blue", "web"]
    assert completed("manifest remove", "p") == ["proxy"]
    assert completed("drift check --only", "vip.b") == ["vip.blue"]


def test_the_inventory_is_the_one_that_was_given(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    other = site.folder / "other.yaml"
    other.write_text("all: {hosts: {cp-9: {}}}\n")
    assert completed(f"-i {other} manifest push -l", "cp") == ["cp-9"]
    assert completed(f"manifest push -i {other} -l", "cp") == ["cp-9"]
    monkeypatch.setenv("PODWRIGHT_INVENTORY", str(other))
    assert completed("manifest push -l", "cp") == ["cp-9"]


def test_without_one_it_is_what_ansible_would_use(site: Site) -> None:
    (site.folder / "prod.ini").write_text("[web]\nin-prod\n")
    (site.folder / "ansible.cfg").write_text("[defaults]\ninventory = prod.ini\n")
    assert completed("manifest push -l", "in") == ["in-prod"]


def test_contexts_are_those_of_the_kubeconfig(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    (site.folder / "kubeconfig").write_text(KUBECONFIG)
    assert completed("--kubeconfig kubeconfig --context", "p") == ["prod"]
    monkeypatch.setenv("KUBECONFIG", "kubeconfig")
    assert completed("manifest push --context", "") == ["prod", "staging"]


@pytest.mark.parametrize("text", ["all: [", "", None])
def test_a_site_that_cannot_be_read_completes_to_nothing(site: Site, text: str | None) -> None:
    if text is None:
        site.inventory.unlink()
        site.inventory.parent.rmdir()
    else:
        site.inventory.write_text(text)
    (site.folder / "kubeconfig").write_text("]")
    assert completed("manifest push -l", "") in ([], ["all", "ungrouped"])
    assert completed("manifest push --only", "") == []
    assert completed("--kubeconfig kubeconfig --context", "") == []
