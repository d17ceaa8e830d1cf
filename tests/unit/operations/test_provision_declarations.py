from __future__ import annotations

import re
from pathlib import Path

import pytest

from podwright.errors import ProblemsError
from podwright.inventory.load import load_inventory
from podwright.operations.provision_declarations import NodeSite
from podwright.problem import Place


def site_of(folder: Path, declaration: str) -> NodeSite:
    for name in ("templates/manifests", "templates/node", "files"):
        (folder / name).mkdir(parents=True)
    (folder / "inventory.yaml").write_text(
        f"all: {{hosts: {{n1: {{level: 1}}, n2: {{level: 2}}, other: }}, children: {{declaring: {{hosts: {{n1: , n2: }}, "
        f"vars: {{podwright_node: {declaration}}}}}}}}}\n"
    )
    inventory = load_inventory(folder / "inventory.yaml")
    site = NodeSite(inventory, folder / "templates/manifests")
    site.nodes = inventory.nodes  # type: ignore[attr-defined]
    return site


def test_each_node_has_its_own_text_and_a_node_without_a_declaration_none(tmp_path: Path) -> None:
    site = site_of(tmp_path, "{files: {/etc/a: {template: a.j2}, /etc/b: {content: 'l{{ level }}'}}}")
    (tmp_path / "templates/node/a.j2").write_text("level {{ level }}")
    desired = site.desired(site.nodes)  # type: ignore[attr-defined]
    assert [one.node.name for one in desired] == ["n1", "n2"]
    texts = [[item.text.splitlines()[1] for item in one.items or ()] for one in desired]
    assert texts == [["level 1", "l1"], ["level 2", "l2"]]
    assert (desired[0].items or ())[0].text.startswith(
        "# written by podwright from templates/node/a.j2, sha256:"
    )


@pytest.mark.parametrize("content", [b"\0", b"\xff\xfe", b"x" * (1 << 20) + b"x"])
def test_a_source_is_text_of_at_most_a_mebibyte(tmp_path: Path, content: bytes) -> None:
    site = site_of(tmp_path, "{files: {/etc/a: {source: a}}}")
    (tmp_path / "files/a").write_bytes(content)
    with pytest.raises(ProblemsError, match=r"files\./etc/a\.source`: `a` cannot be read"):
        site.desired(site.nodes)  # type: ignore[attr-defined]


def test_the_same_mistake_on_many_nodes_is_reported_once(tmp_path: Path) -> None:
    site = site_of(tmp_path, "{files: {/etc/a: {template: none.j2}}}")
    with pytest.raises(ProblemsError) as raised:
        site.desired(site.nodes)  # type: ignore[attr-defined]
    [problem] = raised.value.problems
    assert problem.message == "`podwright_node.files./etc/a.template`: no template `none.j2`"
    assert (problem.node, problem.place) == ("n1, n2", Place(str(tmp_path / "inventory.yaml"), 1, 152))


def test_one_expression_makes_a_mapping_whose_names_differ_from_node_to_node(tmp_path: Path) -> None:
    expression = """{{ {'/etc/' ~ inventory_hostname: {'content': 'x'}} }}"""
    site = site_of(tmp_path, f'{{files: "{expression}"}}')
    desired = site.desired(site.nodes)  # type: ignore[attr-defined]
    assert [item.key for one in desired for item in one.items or ()] == ["/etc/n1", "/etc/n2"]


def test_a_path_that_is_declared_twice_is_refused_before_any_node_is_reached(tmp_path: Path) -> None:
    site = site_of(tmp_path, "{directories: {/etc/a: }, files: {/etc/a: {content: x}}}")
    with pytest.raises(ProblemsError, match="`/etc/a` is declared in both"):
        site.desired(site.nodes)  # type: ignore[attr-defined]


#: each line has one mistake, which begins at the mark
MISTAKES = """\
podwright_kubernetes_version: '1.34'
podwright_node:
  packages: {containerd: {version: ^1.7, ^hodl: true}, ^bad name: present}
  users: {^Ops: {}, ops: {keys: [^not-a-key], shell: ^sh}}
  directories:
    ^var/lib/app: {mode: ^750}
    /etc/a/b: absent
  files:
    /etc/missing: {template: ^missing.j2}
    /etc/broken: {template: broken.j2}
    /etc/c.pem: {source: ^nowhere.pem, mode: ^0644}
    ^/etc/d.conf: {}
    /etc/e.conf: {content: '{{ ^nobody }}'}
    ^/etc/a/b: {content: x}
    ^'/etc/{{ f }}': absent
  modules: ['{{ ^nothing }}', overlay, ^-r]
  sysctls: {^swappiness: 1}
  swap: ^on
  services: {containerd: {restart_for: ^/etc/a}}
  time: {servers: ^ntp1}
  kubelet:
    soak: ^500
    settings:
      maxPods: ^many
      evictionHard: ^{memory.availible: 1Gi}
      runOnce: ^true
  ^sysctl: {}
"""


def test_all_mistakes_of_a_declaration_are_told_at_once_where_they_stand(tmp_path: Path) -> None:
    site_of(tmp_path, "{}")
    (tmp_path / "templates/node/broken.j2").write_text("\n{{ undefined }}\n")
    (tmp_path / "group_vars").mkdir()
    file = tmp_path / "group_vars/declaring.yaml"
    file.write_text(MISTAKES.replace("^", ""))
    lines = MISTAKES.splitlines()
    wanted = {
        (str(file), number, mark.start() + 1 - before)
        for number, line in enumerate(lines, 1)
        for before, mark in enumerate(re.finditer(r"\^", line))
    }
    inventory = load_inventory(tmp_path / "inventory.yaml")
    wrong, harmless = NodeSite(inventory, tmp_path / "templates/manifests").problems(inventory.nodes)
    assert {problem.node for problem in wrong} == {"n1, n2"}
    found = {(p.place.file, p.place.line, p.place.column) for p in wrong if p.place}
    assert found == {*wanted, (str(tmp_path / "templates/node/broken.j2"), 2, 4)}
    assert (len(wrong), harmless) == (len(wanted) + 1, ())


def test_what_a_kubelet_only_ignores_stops_nothing(tmp_path: Path) -> None:
    site = site_of(tmp_path, "{kubelet: {settings: {maxPodz: 5}}}")
    nodes = site.nodes  # type: ignore[attr-defined]
    assert len(site.desired(nodes)) == 2
    wrong, [harmless] = site.problems(nodes)
    assert wrong == ()
    assert harmless.message == "`maxPodz` is not a field of a KubeletConfiguration"


def test_what_cannot_be_read_hides_no_file_that_is_declared(tmp_path: Path) -> None:
    site = site_of(tmp_path, "{files: {/etc/a: {content: x}, /etc/b: {content: 1}}, swap: on}")
    assert site.declared_of(site.nodes, ("/etc/a", "/etc/z")) == ("/etc/a",)  # type: ignore[attr-defined]
