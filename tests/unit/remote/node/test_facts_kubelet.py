"""A kubelet's configuration, each value with what sets it: flags over drop-ins over the file."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.recorded_machine import machine_host
from tests.unit.remote.node.test_facts import look

from podwright.plan.kubelet_state import Setting
from podwright.plan.unknown_fact import Unknown
from podwright.remote.node.facts_kubelet import effective
from podwright.remote.node.records import Record

MAIN, DROP_IN = "/var/lib/kubelet/config.yaml", "/etc/kubernetes/kubelet.conf.d/10.conf"


def configuration(**texts: str) -> list[Record]:
    return [
        Record("configuration", {"main": MAIN, "drop_in": DROP_IN}[name], text.encode())
        for name, text in texts.items()
    ]


def test_each_value_has_its_source() -> None:
    records = configuration(
        main="maxPods: 1\nauthentication: {anonymous: {enabled: true}}\nreadOnlyPort: 0", drop_in="maxPods: 2"
    )
    assert effective({"anonymous-auth": "false", "node-ip": "10.0.0.1"}, records) == {
        "--node-ip": Setting("10.0.0.1", "--node-ip"),
        "authentication.anonymous.enabled": Setting(False, "--anonymous-auth"),
        "maxPods": Setting(2, DROP_IN),
        "readOnlyPort": Setting(0, MAIN),
    }


def test_a_null_takes_away_and_maps_merge_by_key() -> None:
    records = configuration(
        main="evictionHard: {a: 1, b: 2}\nmaxPods: 1", drop_in="evictionHard: {b: 3}\nmaxPods: null"
    )
    assert effective({}, records) == {
        "evictionHard.a": Setting(1, MAIN),
        "evictionHard.b": Setting(3, DROP_IN),
    }


def test_gates_of_a_flag_beat_those_of_the_file() -> None:
    records = configuration(main="featureGates: {A: true, B: true}")
    found = effective({"feature-gates": "A=false,C=true"}, records)
    assert {name: (one.value, one.source) for name, one in found.items()} == {
        "featureGates.A": (False, "--feature-gates"),
        "featureGates.B": (True, MAIN),
        "featureGates.C": (True, "--feature-gates"),
    }


def test_a_flag_without_a_value_is_true() -> None:
    assert effective({"fail-swap-on": ""}, []) == {"failSwapOn": Setting(True, "--fail-swap-on")}
    assert effective({"pod-manifest-path": ""}, []) == {"staticPodPath": Setting("", "--pod-manifest-path")}


def test_a_token_of_a_header_is_not_told() -> None:
    records = configuration(main="staticPodURLHeader: {Authorization: [Bearer abc]}")
    assert "abc" not in repr(effective({"manifest-url-header": "Authorization: abc"}, records))


def test_what_cannot_be_read_makes_all_unknown() -> None:
    records = [*configuration(main="a: 1"), Record("configuration-unreadable", MAIN)]
    assert effective({}, records) == Unknown(f"the login may not read {MAIN}")
    assert isinstance(effective({}, configuration(main="{")), Unknown)
    assert isinstance(effective({}, configuration(main="a: " + "x" * 300_000)), Unknown)


def state(name: str, tmp_path: Path, text: str | None = None):
    host = machine_host(name, "dash", tmp_path)
    if text is not None:
        (tmp_path / "root/var/lib/kubelet/config.yaml").write_text(text)
    return look(host).kubelet


def test_a_configuration_is_judged_for_the_kubelets_version(tmp_path: Path) -> None:
    assert state("debian-12", tmp_path / "good").objections == ()
    kind = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
    [objection] = state("debian-12", tmp_path / "bad", f"{kind}authorization: {{mode: Webhok}}\n").objections
    assert "authorization.mode" in objection
    assert state("flatcar-4152", tmp_path / "alone").objections == ()
    assert isinstance(state("arch-k3s", tmp_path / "k3s").objections, Unknown)
