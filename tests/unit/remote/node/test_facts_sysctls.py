"""Which file wins: of one name the first folder's, of all names the last, and /etc/sysctl.conf as the init system has it."""

from __future__ import annotations

import pytest
from tests.fakes.texts import texts

from podwright.plan.unknown_fact import Unknown
from podwright.remote.node.facts_sysctls import sysctls_of

LIVE = {"proc__sys__net__ipv4__ip_forward": "1"}
FORWARD = "net.ipv4.ip_forward"


def winner(init: str = "systemd", *, unread: str = "", **files: str) -> tuple[str, object]:
    fact = sysctls_of(texts(unread=unread, **LIVE, **files), init)[FORWARD]
    return fact.winner, fact.lasts


def test_of_one_name_the_folder_that_comes_first_counts() -> None:
    files = {"usr__lib__sysctl_1d__a_1conf": f"{FORWARD}=0", "etc__sysctl_1d__a_1conf": f"{FORWARD} = 1"}
    assert winner(**files) == ("/etc/sysctl.d/a.conf", True)


def test_the_last_name_wins_whatever_its_folder() -> None:
    files = {"usr__lib__sysctl_1d__b_1conf": f"{FORWARD}=0", "etc__sysctl_1d__a_1conf": f"{FORWARD}=1"}
    assert winner(**files) == ("/usr/lib/sysctl.d/b.conf", False)


def test_a_link_to_nothing_hides_the_vendors_file() -> None:
    files = {"usr__lib__sysctl_1d__b_1conf": f"{FORWARD}=0", "etc__sysctl_1d__a_1conf": f"{FORWARD}=1"}
    assert winner(unread="masked etc/sysctl.d/b.conf", **files) == ("/etc/sysctl.d/a.conf", True)


@pytest.mark.parametrize(
    ("init", "file"), [("systemd", "/etc/sysctl.d/z.conf"), ("openrc", "/etc/sysctl.conf")]
)
def test_systemd_reads_no_sysctl_conf_and_others_read_it_last(init: str, file: str) -> None:
    files = {"etc__sysctl_1d__z_1conf": f"{FORWARD}=1", "etc__sysctl_1conf": f"{FORWARD}=1"}
    assert winner(init, **files) == (file, True)


@pytest.mark.parametrize("name", ["net/ipv4/ip_forward", "-net.ipv4.ip_forward", "net.ipv4.*"])
def test_every_way_to_write_a_name_is_known(name: str) -> None:
    assert winner(etc__sysctl_1d__a_1conf=f"{name} = 1") == ("/etc/sysctl.d/a.conf", True)


def test_an_exact_name_beats_a_pattern() -> None:
    files = {"etc__sysctl_1d__a_1conf": f"{FORWARD}=1", "etc__sysctl_1d__b_1conf": "net.ipv4.*=0"}
    assert winner(**files) == ("/etc/sysctl.d/a.conf", True)


def test_what_no_file_sets_may_be_the_kubelets() -> None:
    found = sysctls_of(texts(proc__sys__kernel__panic="10", proc__sys__vm__swappiness="60"), "systemd")
    assert "protectKernelDefaults" in found["kernel.panic"].lasts.reason
    assert found["vm.swappiness"].lasts == Unknown("no file sets it")


def test_a_setting_of_a_module_that_nobody_loads_is_told() -> None:
    live = {"proc__sys__net__bridge__bridge_0nf_0call_0iptables": "1"}
    name = "net.bridge.bridge-nf-call-iptables"
    assert "br_netfilter" in sysctls_of(texts(**live), "systemd")[name].overridden_by[0]
    loaded = texts(**live, etc__modules_0load_1d__k_1conf="br_netfilter")
    assert sysctls_of(loaded, "systemd")[name].overridden_by == ()
