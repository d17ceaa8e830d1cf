"""What an Ansible folder has of a site is found where people put it."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.errors import UsageError
from podwright.inventory.ansible_config import AnsibleConfig
from podwright.inventory.ansible_site import ansible_site


def written(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_inventories_stand_where_people_put_them(tmp_path: Path) -> None:
    folder = written(
        tmp_path, hosts="[web]\nw1\n", inventories__prod__hosts_dot_yml="db: {hosts: {d1: }}\n",
        inventories__test__hosts="t1\n",
    )  # fmt: skip
    found = ansible_site(folder, AnsibleConfig())
    assert found.inventories == (folder / "inventories/prod", folder / "inventories/test", folder / "hosts")
    assert found.names == ("d1", "db", "t1", "w1", "web")


def test_what_ansible_is_set_to_use_comes_first(tmp_path: Path) -> None:
    folder = written(tmp_path, hosts="[web]\nw1\n", other="o1\n")
    config = AnsibleConfig({}, folder / "ansible.cfg", {"inventory": "other"})
    assert ansible_site(folder, config).inventories == (folder / "other",)
    with pytest.raises(UsageError):
        ansible_site(folder, AnsibleConfig({}, folder / "ansible.cfg", {"inventory": "missing"}))


def test_templates_of_pods_are_told_from_others(tmp_path: Path) -> None:
    pods = {"a": "apiVersion: v1\nkind: Pod\n", "b": "{% if x %}\nkind: 'Pod' # static\n"}
    others = {"c": "kind: PodList\n", "d": "spec:\n  kind: Pod\n", "e": "kind: Deployment\n"}
    named = {f"roles__x__templates__{name}_dot_j2": text for name, text in (pods | others).items()}
    found = ansible_site(written(tmp_path, kind="kind: Pod\n", **named), AnsibleConfig())
    assert [path.name for path in found.templates] == ["a.j2", "b.j2"]
    assert found.inventories == found.names == found.pods == ()
