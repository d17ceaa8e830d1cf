"""What push and remove print where: standard output is the answer, standard error is talk."""

from __future__ import annotations

import json
from contextlib import contextmanager

from tests.fakes.kubelets import show_processes
from tests.fakes.nouns import manifest

# the node with a real shell that operations are tested on
from tests.unit.operations.conftest import site  # noqa: F401

from podwright.cli.converge_output import run_converge
from podwright.cli.run_options import ConvergeOptions, RolloutOptions
from podwright.cli.site_options import SiteOptions
from podwright.inventory.node import Connection, Node, NodeSettings
from podwright.operations.desired import Desired
from podwright.redaction.redactor import Redactor

WEB = manifest()
NO_KUBELET = "no kubelet runs on it; no pod starts or ends until one does"


class App:
    """What a command asks for, with a world that is there already."""

    without_api = False
    all_nodes = ()
    inventory_name = "hosts.yaml"
    site_options = SiteOptions()

    def __init__(self, world) -> None:
        self._world = world

    def redactor(self):
        return Redactor()

    def refuse_unknown(self, names):
        assert not [*names]

    @contextmanager
    def world(self):
        yield self._world


def run(node, capsys, *desired, kind="PushReport", **options):
    code = run_converge(kind, App(node.world), desired or (node.desired(WEB),), ConvergeOptions(**options))
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_a_name_to_remove_that_is_nowhere_is_told(site, capsys) -> None:  # noqa: F811
    code, out, err = run(site, capsys, site.desired(absent=("wbe.yaml",)), kind="RemoveReport", yes=True)
    assert code == 0
    assert "unchanged" in out
    assert "note: none of the observed nodes has a file `wbe.yaml`: there was nothing to remove" in err


def test_of_a_folder_that_nobody_could_look_into_nothing_is_said_to_be_missing(site, capsys) -> None:  # noqa: F811
    show_processes(site.host.proc, [])
    code, out, _ = run(site, capsys, dry_run=True, diff=True, output="json")
    assert code == 1
    assert json.loads(out)["nodes"][0]["changes"] == []
    _, _, err = run(site, capsys, dry_run=True, diff=True, wait_for="file")
    assert "+++ b/web.yaml" not in err
    _, _, err = run(site, capsys, site.desired(absent=("web.yaml",)), kind="RemoveReport", yes=True)
    assert "the manifest folder is not known" in err
    assert "nothing to remove" not in err


def test_a_warning_of_many_nodes_is_printed_once_and_kept_for_each_in_a_document(site, capsys) -> None:  # noqa: F811
    show_processes(site.host.proc, [])
    settings = NodeSettings(manifest_dir=str(site.folder))
    nodes = [Node(f"n{number}", Connection("127.0.0.1"), settings=settings) for number in range(1, 6)]
    # the same content on one folder: the first writes it, and for the others it is there
    fleet = tuple(Desired(node, (WEB,)) for node in nodes)
    every_one = RolloutOptions(max_fail="100%")
    options = {"yes": True, "forks": 1, "wait_for": "file", "rollout": every_one}
    _, _, err = run(site, capsys, *fleet, **options)
    assert err.splitlines().count("warning: n1, n2, n3 and 2 more nodes: " + NO_KUBELET) == 1
    assert err.count("warning:") == 1
    _, out, _ = run(site, capsys, *fleet, output="json", **options)
    assert [node["warnings"] for node in json.loads(out)["nodes"]] == [[NO_KUBELET]] * 5
