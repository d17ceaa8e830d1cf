"""The inventory of a site: of options, of Ansible's settings, of a cluster."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Site
from tests.fakes.api_server import ApiServer
from tests.fakes.authority import Authority
from tests.fakes.kubeconfigs import base64_of, kubeconfig
from tests.unit.operations.conftest import FakeNode

from podwright.cli.site_inventory import site_inventory
from podwright.cli.site_options import SiteOptions
from podwright.errors import UsageError


def test_the_nodes_of_a_cluster_are_an_inventory(tmp_path):
    authority = Authority()
    with ApiServer(authority, authority.issue("api", "127.0.0.1"), authority) as server:
        addresses = [{"type": "InternalIP", "address": "10.0.0.1"}]
        server.put(
            "nodes",
            {"metadata": {"name": "cp-1", "labels": {"zone": "a"}}, "status": {"addresses": addresses}},
        )
        entry = {"server": server.url, "certificate-authority-data": base64_of(authority.pem)}
        config = kubeconfig(tmp_path / "config", entry, {"token": "t"})
        options = SiteOptions(inventory=(Path("kubernetes:"),), kubeconfig=str(config))
        inventory = site_inventory(options, {}, tmp_path)
    [node] = inventory.nodes
    assert (node.connection.host, node.settings.node_name, node.groups) == (
        "10.0.0.1",
        "cp-1",
        ("label_zone_a",),
    )


def test_a_cluster_is_not_asked_without_the_api(tmp_path):
    with pytest.raises(UsageError):
        site_inventory(SiteOptions(inventory=(Path("kubernetes:"),), no_api=True), {}, tmp_path)


def test_what_no_option_named_is_said(tmp_path, capsys):
    (tmp_path / "hosts").write_text("n\n")
    inventory = site_inventory(SiteOptions(), {"ANSIBLE_INVENTORY": str(tmp_path / "hosts")}, tmp_path)
    assert [node.name for node in inventory.nodes] == ["n"]
    assert "ANSIBLE_INVENTORY" in capsys.readouterr().err


WAIVERS = "[{drift: file-mising, reason: x, until: soon}]"
WRONG = f"all: {{hosts: {{n1: {{}}}}, vars: {{static_pods: [web], podwright_waivers: {WAIVERS}}}}}\n"


@pytest.mark.parametrize(
    ("command", "counts"),
    [
        (("drift", "check", "--wait-for", "file"), True), (("drift", "fix", "-y", "--wait-for", "file"), True),
        (("node", "check"), True), (("inventory", "check"), True), (("inventory", "list"), False),
        (("manifest", "push", "-y", "--wait-for", "file"), False),
    ],
)  # fmt: skip
def test_a_mistyped_waiver_stops_those_alone_who_read_it(
    one_node: Site, node: FakeNode, command: tuple[str, ...], counts: bool
) -> None:
    one_node.inventory.write_text(WRONG)
    answer = one_node.run(*command)
    assert answer.code == int(counts)
    said = "error: " if counts else "warning: "
    for setting in ("drift", "until"):
        assert any(
            line.startswith(said) and f"podwright_waivers[0].{setting}`" in line
            for line in answer.err.splitlines()
        ), answer.err
    assert (node.file("web.yaml") is not None) == (command[:2] == ("manifest", "push"))
