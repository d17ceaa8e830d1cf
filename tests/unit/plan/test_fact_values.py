"""What templates see of a node: what lasts, on one line each, with Ansible's names for the common ones."""

from __future__ import annotations

import json

import pytest
from tests.fakes.copies import replace
from tests.fakes.machines import facts

from podwright.plan.fact_values import for_templates, plain
from podwright.plan.facts import OperatingSystem
from podwright.plan.unknown_fact import Unknown

VOLATILE = (
    "uptime",
    "offset",
    "availableBytes",
    "pid",
    "started",
    "secondsLeft",
    "bootId",
    "ports",
    "limits",
    "pending",
)


def test_what_changes_by_itself_is_not_among_them() -> None:
    text = json.dumps(for_templates(facts()))
    assert [name for name in VOLATILE if f'"{name}"' in text] == []


def test_what_is_unknown_is_not_there() -> None:
    hidden = replace(
        facts(),
        cpus=Unknown("x"),
        os=Unknown("x"),
        identity=replace(facts().identity, host_name=Unknown("x")),
    )
    seen = for_templates(hidden)
    assert "cpus" not in seen["facts"]
    assert "os" not in seen["facts"]
    assert "hostName" not in seen["facts"]["identity"]
    assert not {"nodename", "hostname", "processor_nproc", "distribution"} & set(seen["ansible_facts"])
    assert plain(hidden)["cpus"] == {"unknown": "x"}


def test_a_text_of_a_node_is_one_line_that_steers_nothing() -> None:
    hostile = replace(facts(), os=OperatingSystem("x", "1\nspec: {}\n", "\x1b[31m"))
    seen = for_templates(hostile)["facts"]["os"]
    assert seen["version"] == "1\\nspec: {}\\n"
    assert seen["name"].isprintable()


@pytest.mark.parametrize(
    ("system", "distribution", "family", "major"),
    [
        (OperatingSystem("debian", "12", ""), "Debian", "Debian", "12"),
        (OperatingSystem("ubuntu", "24.04", "", ("debian",)), "Ubuntu", "Debian", "24"),
        (OperatingSystem("rocky", "9.5", "", ("rhel", "centos", "fedora")), "Rocky", "RedHat", "9"),
        (OperatingSystem("rhel", "9.4", "", ("fedora",)), "RedHat", "RedHat", "9"),
        (OperatingSystem("amzn", "2023", "", ("fedora",)), "Amazon", "RedHat", "2023"),
        (OperatingSystem("opensuse-leap", "15.6", "", ("suse", "opensuse")), "openSUSE Leap", "Suse", "15"),
        (OperatingSystem("alpine", "3.20.3", ""), "Alpine", "Alpine", "3"),
    ],
)
def test_systems_have_the_names_that_ansible_gives_them(system, distribution, family, major) -> None:
    seen = for_templates(replace(facts(), os=system))["ansible_facts"]
    assert (seen["distribution"], seen["os_family"], seen["distribution_major_version"]) == (
        distribution,
        family,
        major,
    )


def test_the_kubelet_and_sysctls() -> None:
    seen = for_templates(facts())["facts"]
    assert seen["kubelet"] == {
        "version": "1.34.1", "staticPodPath": "/etc/kubernetes/manifests", "nodeName": "n1", "standalone": False,
    }  # fmt: skip
    assert seen["sysctls"]["net.ipv4.ip_forward"] == "1"
