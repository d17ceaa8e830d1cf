"""What of a node a pod writes to, and under which name it holds a lease."""

from __future__ import annotations

import pytest

from podwright.pods.shared_resources import lease_named_by_node, uses_host_network, written_host_paths

NODE = {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}


def pod(*containers, **spec):
    return {"spec": {"containers": list(containers), **spec}}


def test_only_mounts_that_may_be_written_to_count() -> None:
    volumes = [
        {"name": "a", "hostPath": {"path": "/a"}},
        {"name": "b", "hostPath": {"path": "/b"}},
        {"name": "c", "emptyDir": {}},
    ]
    mounts = [{"name": "a"}, {"name": "b", "readOnly": True}, {"name": "c"}]
    assert written_host_paths(pod({"volumeMounts": mounts}, volumes=volumes)) == ("/a",)
    assert written_host_paths(pod({})) == ()


@pytest.mark.parametrize(
    ("container", "found"),
    [
        ({"env": [{**NODE, "name": "LEASE_HOLDER"}]}, "LEASE_HOLDER"),
        ({"env": [NODE, {"name": "vip_leasename", "value": "vip-$(NODE)"}]}, "vip_leasename"),
        ({"env": [NODE], "command": ["x", "--lock-identity", "$(NODE)"]}, "--lock-identity"),
        ({"env": [NODE], "args": ["--leader-elect=true", "--node=$(NODE)"]}, ""),
        ({"env": [NODE]}, ""),
        ({"args": ["--lease-name=web"]}, ""),
    ],
)
def test_a_lease_is_of_the_node_if_its_name_is(container, found) -> None:
    assert lease_named_by_node(pod(container)) == found


def test_the_network_of_the_node_is_used_if_it_says_so() -> None:
    assert uses_host_network(pod(hostNetwork=True))
    assert not uses_host_network(pod())
