"""Facts over each kind of connection: OpenSSH, the lab's server, and none."""

from __future__ import annotations

import os

from podwright.plan.unknown_fact import Unknown
from podwright.remote.host import Host
from podwright.remote.node.observe import Part, observe


def test_a_machine_shows_itself_to_every_login(host: Host) -> None:
    facts = observe("n1", host, parts=(Part.FACTS, Part.PORTS, Part.OPTIONS, Part.MACHINE)).machine
    assert facts is not None
    assert facts.login == str(os.getuid())
    assert facts.kernel.release == os.uname().release
    assert facts.identity.host_name == os.uname().nodename
    assert facts.cpus == os.cpu_count()
    hidden = facts.limits.inotify_instances
    assert isinstance(hidden, int) == (facts.login == "0")
    assert isinstance(hidden, int) or hidden == Unknown("only root sees all of them")
