"""Templates are made of all nodes or of none, and only if they render what lies there."""

from __future__ import annotations

from contextlib import contextmanager

from tests.fakes.copies import replace
from tests.fakes.nouns import pod_text

from podwright.errors import HostUnreachableError
from podwright.inventory.node import Connection, Inventory, Node, NodeSettings
from podwright.operations.pull import pull
from podwright.redaction.redactor import Redactor


def two_nodes(site) -> Inventory:
    """One machine with two manifest folders that stands for two nodes, of which the second has another port."""
    folders = site.folder, site.root / "manifests-2"
    folders[1].mkdir()
    for number, folder in enumerate(folders, 1):
        (folder / "web.yaml").write_text(pod_text().replace("sleep 1", f"serve --port=8{number};"))
    nodes = tuple(
        Node(f"n{number}", Connection("127.0.0.1"), settings=NodeSettings(manifest_dir=str(folder)))
        for number, folder in enumerate(folders, 1)
    )
    return Inventory(nodes)


def pulled(site, inventory: Inventory, world=None):
    return pull(inventory.nodes, ("web.yaml",), inventory, world or site.world, Redactor(), forks=2)


def test_one_template_for_both_nodes_with_the_values_of_each(site) -> None:
    [made] = pulled(site, two_nodes(site)).templates
    assert (made.name, made.nodes, made.secret, made.listed) == ("web", ("n1", "n2"), False, ())
    assert made.values == {"n1": {"web_port": "81"}, "n2": {"web_port": "82"}}
    assert "serve --port={{ web_port }};" in made.text


def test_a_node_that_cannot_be_reached_leaves_no_template(site) -> None:
    inventory = two_nodes(site)

    @contextmanager
    def connect(node: Node):
        if node.name == "n2":
            raise HostUnreachableError("n2: cannot connect")
        with site.world.connect(node) as host:
            yield host

    made = pulled(site, inventory, replace(site.world, connect=connect))
    assert (made.templates, [problem.node for problem in made.report.problems]) == ((), ["n2"])


def test_a_variable_that_an_earlier_pull_wrote_is_written_again(site) -> None:
    inventory = two_nodes(site)
    nodes = tuple(replace(node, variables={"web_port": "old"}) for node in inventory.nodes)
    made = pull(
        nodes,
        ("web.yaml",),
        replace(inventory, nodes=nodes),
        site.world,
        Redactor(),
        forks=2,
        pulled_before=lambda _node, _name: {"web_port"},
    )
    assert [list(values) for values in made.templates[0].values.values()] == [["web_port"]] * 2


def test_two_templates_never_give_one_variable_different_values(site) -> None:
    inventory = two_nodes(site)
    for number, folder in enumerate((site.folder, site.root / "manifests-2"), 1):
        (folder / "web.yaml").write_text(pod_text().replace("sleep 1", f"serve --api-port=8{number};"))
        (folder / "web-api.yaml").write_text(
            pod_text("web-api").replace("sleep 1", f"serve --port=9{number};")
        )
    made = pull(inventory.nodes, ("web.yaml", "web-api.yaml"), inventory, site.world, Redactor(), forks=2)
    assert [one.values["n1"] for one in made.templates] == [{"web_api_port": "81"}, {"web_api_port_2": "91"}]


def test_one_node_alone_cannot_show_which_values_are_its_own(site) -> None:
    inventory = two_nodes(site)
    (site.folder / "web.yaml").write_text(pod_text().replace("sleep 1", "serve --name=n1;"))
    alone = pull(inventory.nodes[:1], ("web.yaml",), inventory, site.world, Redactor(), forks=2)
    [warning] = alone.report.nodes[0].warnings
    assert warning.startswith(
        "the template of `web` has this node's own `n1` in `spec.containers[0].command[2]`"
    )
    assert "serve --name=n1;" in alone.templates[0].text
