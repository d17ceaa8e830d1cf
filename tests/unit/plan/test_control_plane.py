"""What a node's static pods say about its control plane."""

from __future__ import annotations

from tests.fakes.control_planes import API, control_plane, static_pod, worker
from tests.fakes.copies import replace
from tests.fakes.machines import kubelet, observation

from podwright.plan.control_plane import parts_of, peers_of
from podwright.plan.unknown_fact import Unknown


def peers(subject) -> tuple[str, ...]:
    return tuple(f"{host}:{port}" for host, port in peers_of(subject.observation, subject.facts))


def test_versions_are_what_the_tags_of_images_tell() -> None:
    parts = parts_of(control_plane(1).observation)
    assert {name: part.version for name, part in parts.items()} == {
        "kube-apiserver": (1, 34, 1), "kube-controller-manager": (1, 34, 1), "kube-scheduler": (1, 34, 1),
        "etcd": (3, 6, 4),
    }  # fmt: skip
    image = "rancher/hardened-kubernetes:v1.31.5-rke2r1-build20250115@sha256:ab"
    [part] = parts_of(observation(files=(static_pod("kube-apiserver", image),))).values()
    assert part.version == (1, 31, 5)
    hidden = observation(files=(static_pod("kube-apiserver", "mirror/apiserver:latest"),))
    assert parts_of(hidden)["kube-apiserver"].version == ()


def test_a_node_must_reach_the_api_and_the_etcds_of_others() -> None:
    assert peers(control_plane(1)) == (API, "10.0.0.2:2380", "10.0.0.3:2380")
    external = control_plane(1, (), servers="https://10.0.0.7:2379, http://[fd00::8]:2379/,nonsense")
    assert peers(external) == (API, "10.0.0.7:2379", "fd00::8:2379")
    assert peers(worker()) == (API,)


def test_itself_it_need_not_reach() -> None:
    assert peers(worker(api="10.0.0.9:6443")) == ()
    assert peers(worker(api="[::1]:6443")) == ()
    assert peers(control_plane(1, (1,), kubelet=kubelet(api=Unknown("it asks no API")))) == ()


def test_a_variable_stands_for_a_flag_of_etcd_and_the_flag_wins() -> None:
    file = static_pod("etcd", "etcd:3.6.4-0", name="a")
    part = parts_of(observation(files=(file,)))["etcd"]
    variables = {"ETCD_NAME": "b", "ETCD_INITIAL_CLUSTER": "b=https://10.0.0.2:2380"}
    both = replace(part, command=replace(part.command, variables=variables))
    assert both.setting("name") == "a"
    assert both.addresses("initial-cluster") == (("10.0.0.2", 2380),)
