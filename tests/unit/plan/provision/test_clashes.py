from __future__ import annotations

import pytest
import yaml
from tests.docs.test_provision_page import EXAMPLE

from podwright.inventory.provisioning import declared
from podwright.plan.provision.clashes import clashes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "{directories: {/srv/a: }, files: {/srv/a: {content: x}}}",
            "`/srv/a` is declared in both `podwright_node.directories` and `podwright_node.files`",
        ),
        (
            "{files: {/etc/sysctl.d/90-podwright.conf: absent}, sysctls: {a.b: 1}}",
            "`/etc/sysctl.d/90-podwright.conf` is declared in both `podwright_node.files` and `podwright_node.sysctls`",
        ),
        (
            "{directories: {/home/a: }, users: {a: }}",
            "`/home/a` is declared in both `podwright_node.directories` and `podwright_node.users`",
        ),
        (
            "{files: {/srv/a/b/c: {content: x}, /srv/a: {content: x}}}",
            "`/srv/a/b/c` (`podwright_node.files`) lies below `/srv/a`, which is a file (`podwright_node.files`)",
        ),
        (
            "{directories: {/srv/a: absent}, files: {/srv/a/b: {content: x}}}",
            "`/srv/a/b` (`podwright_node.files`) lies below `/srv/a`, which is to be absent (`podwright_node.directories`)",
        ),
        (
            "{sysctls: {net.ipv4.ip_forward: 1, net/ipv4/ip_forward: 0}}",
            "`net/ipv4/ip_forward` is `net.ipv4.ip_forward` again, so it is declared twice in `podwright_node.sysctls`",
        ),
        (
            "{services: {a: {drop_in: x}, a.service: {drop_in: y}, b.socket: {}, b: {}}}",
            "`a.service` is `a` again, so it is declared twice in `podwright_node.services`",
        ),
        (
            "{users: {a: absent, b: {}}, files: {/etc/x: {content: x, owner: a}, /etc/y: {content: x, owner: b}}}",
            "`/etc/x` is to belong to `a`, who is to be absent (`podwright_node.users`)",
        ),
    ],
)
def test_both_places_are_named(text: str, message: str) -> None:
    [problem] = clashes(declared(yaml.safe_load(text)))
    assert problem.message == message


@pytest.mark.parametrize(
    "text",
    [
        "{directories: {/srv/a: , /srv/a/b: }, files: {/srv/a/c: {content: x}, /srv/ab: {content: x}}}",
        "{directories: {/srv/a: absent, /srv/a/b: absent}, files: {/srv/a/c: absent}}",
        "{files: {/srv/a: absent, /srv/a/b: {content: x}}}",
        "{users: {a: , b: absent}}",
        "{files: {/etc/crictl.yaml: {content: x}}, kubelet: {standalone: true}}",
    ],
)
def test_what_can_all_be_done_is_no_clash(text: str) -> None:
    assert not tuple(clashes(declared(yaml.safe_load(text))))


def test_the_documented_example_has_none() -> None:
    assert not tuple(clashes(declared(yaml.safe_load(EXAMPLE)["podwright_node"])))
