"""`manifest logs`: lines with their node and container, escaped, and an exit code."""

from __future__ import annotations

import pytest
from tests.cli.conftest import Site
from tests.fakes.nouns import manifest
from tests.fakes.shell_host import stand_in
from tests.unit.operations.conftest import FakeNode, sandbox

WEB = manifest()


@pytest.fixture
def running(one_node: Site, node: FakeNode) -> Site:
    node.place(WEB)
    pod = sandbox(WEB)
    pod["containers"][0]["id"] = "c1"
    node.show(pod)
    stand_in(
        node.host.bin,
        "crictl",
        f'case " $* " in *" logs "*) printf \'\\033[2Jbad\\n\'; echo "$*" ;; *) cat {node.root}/$1 ;; esac',
    )
    return one_node


@pytest.mark.parametrize("follow", [(), ("--follow",)])
def test_each_line_begins_with_its_node_and_container_and_steers_no_terminal(running: Site, follow) -> None:
    answer = running.run("manifest", "logs", "web", *follow)
    [name] = WEB.containers
    words = " ".join(("logs", "--tail=100", *follow, "c1"))
    assert answer.out == f"n1 {name}: \\x1b[2Jbad\nn1 {name}: {words}\n"
    assert (answer.code, answer.err) == (0, "")


def test_a_name_that_is_not_there_is_exit_1(running: Site) -> None:
    answer = running.run("manifest", "logs", "api")
    assert (answer.code, answer.out) == (1, "")
    assert "n1: there is no file `api.yaml`" in answer.err


def test_two_names_at_once_are_refused(running: Site) -> None:
    assert running.run("manifest", "logs", "web", "api").code == 2
