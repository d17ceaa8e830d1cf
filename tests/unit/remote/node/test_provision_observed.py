"""What a node shows of itself, which may be anything."""

from __future__ import annotations

import pytest

from podwright.errors import HostileOutputError
from podwright.plan.provision.item import Item, Kind
from podwright.plan.provision.observed import SysctlLine
from podwright.remote.node.provision_observed import node_seen
from podwright.remote.node.records import Record

FORWARD = Item(Kind.SYSCTL, "net.ipv4.ip_forward", "1")
NODE = Record("node", '0 systemd - "debian"')


def test_states_facts_and_every_line_that_sets_a_sysctl_are_read() -> None:
    lines = b"/r/etc/sysctl.conf:net/ipv4/ip_forward = 0\n/r/etc/sysctl.d/a.conf:kernel.panic = 9\n"
    records = (NODE, Record("item", "0 - 0"), Record("sysctls", "/r", lines), Record("owned", "/etc/a"))
    seen = node_seen("n1", (FORWARD,), records)
    assert (seen.facts.system, seen.facts.init, seen.owned) == ("debian", "systemd", ("/etc/a",))
    assert seen.things[FORWARD.name].state == "0"
    assert seen.sysctl_lines == {"net.ipv4.ip_forward": (SysctlLine("/etc/sysctl.conf", "0"),)}


@pytest.mark.parametrize(
    "records",
    [
        (NODE,),
        (Record("item", "0 - 0"),),
        (NODE, Record("item", "1 - 0")),
        (Record("node", "root systemd"), Record("item", "0 - 0")),
    ],
)
def test_an_answer_that_lacks_something_or_is_about_something_else_is_hostile(
    records: tuple[Record, ...],
) -> None:
    with pytest.raises(HostileOutputError):
        node_seen("n1", (FORWARD,), records)


def test_a_package_with_which_endlessly_many_would_go_is_refused() -> None:
    nano = Item(Kind.PACKAGE, "nano", "absent")
    state = f"present version=1 hold=no with={'a' * 16384}"
    with pytest.raises(HostileOutputError, match="n1: over 16384 characters about `package nano`"):
        node_seen("n1", (nano,), (NODE, Record("item", f"0 - {state}")))
