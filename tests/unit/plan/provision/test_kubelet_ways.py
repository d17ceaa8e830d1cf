"""How a kubelet that reads no drop-ins is told our settings, or why it is not."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from podwright.inventory.provisioning import FileEntry, KubeletEntry, NodeDeclaration
from podwright.plan.provision.declared_items import Text, items_of
from podwright.plan.provision.item import Seen
from podwright.plan.provision.kubelet_observed import KubeletSeen
from podwright.plan.provision.kubelet_ways import Way, way_to_tell
from podwright.plan.provision.kubelet_ways_observed import WaysSeen
from podwright.plan.provision.mark import marked
from podwright.plan.provision.observed import NodeFacts, NodeSeen

FOLDER = "/etc/kubernetes/kubelet.conf.d"
MAIN = "/var/lib/kubelet/config.yaml"
UNIT = "/etc/systemd/system/kubelet.service.d/90-podwright-config-dir.conf"
HEAD = b"apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
WAYS = WaysSeen(f"--config={MAIN}")
KUBELET = KubeletSeen(
    process="kubelet",
    flags={"config": MAIN},
    main=HEAD,
    version="v1.36.2",
    ways=WAYS,
)


def way(
    kubelet: KubeletSeen = KUBELET,
    *,
    reads: bool = False,
    init: str = "systemd",
    files: dict[str, Text] | None = None,
    **settings: object,
) -> Way:
    entries = tuple(map(FileEntry, files or {}))
    items = items_of(
        NodeDeclaration(files=entries, kubelet=KubeletEntry(settings or {"maxPods": 50})), files or {}
    )
    state = "current=yes" if reads else "reads no drop-ins current=yes"
    flags = {**kubelet.flags, **({"config-dir": FOLDER} if reads else {})}
    seen = NodeSeen("n1", NodeFacts(init=init), {"kubelet": Seen(state)})
    return way_to_tell(items, items[-1], seen, replace(kubelet, flags=flags))


def test_the_folder_is_added_to_what_its_unit_adds_to_its_arguments() -> None:
    found = way()
    assert [item.key for item in found.items] == [f"{FOLDER}/90-podwright.conf", UNIT, "kubelet"]
    unit = found.items[1]
    assert unit.text.endswith(
        f'[Service]\nEnvironment="KUBELET_CONFIG_ARGS=--config={MAIN} --config-dir={FOLDER}"\n'
    )
    assert found.seen.things[UNIT].state == "absent"
    assert found.kubelet.flags["config-dir"] == FOLDER
    assert [name for name, _ in found.kubelet.drop_ins] == ["90-podwright.conf"]
    turned_on = WaysSeen(f"--config={MAIN} --config-dir={FOLDER}", Seen(unit.state, recorded=True))
    again = way(replace(KUBELET, ways=turned_on), reads=True)
    assert again.items[1] == unit
    assert again.seen.things[UNIT].recorded


#: as kubeadm writes it: much of it is empty
KUBEADM = (
    HEAD
    + b"""\
authentication: {anonymous: {enabled: false}, webhook: {cacheTTL: 0s, enabled: true}, x509: {clientCAFile: /ca.crt}}
authorization: {mode: Webhook, webhook: {cacheAuthorizedTTL: 0s, cacheUnauthorizedTTL: 0s}}
cgroupDriver: systemd
clusterDNS: [10.96.0.10]
clusterDomain: cluster.local
containerRuntimeEndpoint: ""
cpuManagerReconcilePeriod: 0s
crashLoopBackOff: {}
evictionPressureTransitionPeriod: 0s
fileCheckFrequency: 0s
healthzBindAddress: 127.0.0.1
healthzPort: 10248
imageMaximumGCAge: 0s
imageMinimumGCAge: 0s
logging: {flushFrequency: 0, options: {json: {infoBufferSize: "0"}, text: {infoBufferSize: "0"}}, verbosity: 0}
memorySwap: {}
allowedUnsafeSysctls: []
rotateCertificates: true
shutdownGracePeriod: 0s
staticPodPath: /etc/kubernetes/manifests
"""
)


@pytest.mark.parametrize("minor", range(31, 37))
def test_what_kubeadm_writes_means_the_same_with_a_folder(minor: int) -> None:
    assert way(replace(KUBELET, main=KUBEADM, version=f"v1.{minor}.1")).why_main == ""


def test_of_one_that_reads_its_folder_without_us_the_unit_is_not_ours() -> None:
    assert [item.key for item in way(reads=True).items] == [f"{FOLDER}/90-podwright.conf", "kubelet"]


@pytest.mark.parametrize(
    ("kubelet", "init", "why"),
    [
        (replace(KUBELET, ways=WaysSeen("")), "systemd", "no `KUBELET_CONFIG_ARGS`"),
        (replace(KUBELET, ways=WaysSeen(f'--config={MAIN}" X="%n')), "systemd", "no `KUBELET_CONFIG_ARGS`"),
        (KUBELET, "openrc", "no `KUBELET_CONFIG_ARGS`"),
        (
            replace(KUBELET, ways=WaysSeen(f"--config={MAIN}", other_drop_in="./10.conf")),
            "systemd",
            "`./10.conf` lies there",
        ),
        (
            replace(KUBELET, main=HEAD + b"enforceNodeAllocatable: []\n"),
            "systemd",
            "`enforceNodeAllocatable` of its main file would no longer count",
        ),
        (
            replace(KUBELET, ways=replace(WAYS, main=Seen("absent", recorded=True))),
            "systemd",
            "they stand there",
        ),
    ],
)
def test_why_it_is_not_turned_on(kubelet: KubeletSeen, init: str, why: str) -> None:
    assert why in way(kubelet, init=init).why_main


def test_what_our_settings_say_may_be_lost_of_the_main_file() -> None:
    kubelet = replace(KUBELET, main=HEAD + b"enforceNodeAllocatable: []\n")
    assert way(kubelet, enforceNodeAllocatable=["none"]).why_main == ""
    # 1.31 keeps an empty list
    assert way(replace(kubelet, version="v1.31.14")).why_main == ""


THEIRS = (
    HEAD + b"# a comment\nmaxPods: 110\nenforceNodeAllocatable: []\nevictionHard: {memory.available: 1Gi}\n"
)


def in_main(main: bytes, original: bytes | None = None, **settings: object) -> Way:
    seen = Seen("file abc 600 root:root", recorded=original is not None, original=original)
    return way(replace(KUBELET, main=main, ways=WaysSeen(main=seen)), **settings)


def test_our_settings_are_merged_into_its_main_file_with_the_rights_that_it_has() -> None:
    found = in_main(THEIRS, maxPods=50, evictionHard={"nodefs.available": "5%"})
    file, kubelet = found.items
    assert file.text.startswith("# written by podwright from podwright_node.kubelet, sha256:")
    assert file.text.partition("\n")[2] == (
        "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nenforceNodeAllocatable: []\n"
        'evictionHard:\n  memory.available: "1Gi"\n  nodefs.available: "5%"\nmaxPods: 50\n'
    )
    assert (file.key, file.state.split()[2:]) == (MAIN, ["600", "root:root"])
    assert found.kubelet.main == file.text.encode()
    assert kubelet.state == "reads no drop-ins current=yes"
    assert MAIN in kubelet.reads
    # it is another's, so `--adopt` is asked for
    assert not found.seen.things[MAIN].recorded


def test_what_is_no_longer_set_is_again_as_in_the_original() -> None:
    first = in_main(THEIRS, maxPods=50).items[0].text.encode()
    later = in_main(first, THEIRS, podPidsLimit=9)
    assert "maxPods: 110" in later.items[0].text
    assert later.seen.things[MAIN].recorded


def test_a_main_file_that_was_written_again_is_the_new_original() -> None:
    upgraded = in_main(HEAD + b"maxPods: 99\n", THEIRS, podPidsLimit=9)
    assert "maxPods: 99" in upgraded.items[0].text
    assert not upgraded.seen.things[MAIN].recorded


def test_one_without_a_main_file_that_can_be_read_is_told_nothing() -> None:
    assert in_main(b"{").problem == f"`{MAIN}` cannot be read"
    assert way(replace(KUBELET, flags={}, ways=WaysSeen())).problem == "it has no main file either"


DECLARED = {MAIN: Text(HEAD.decode(), "podwright_node.files")}


@pytest.mark.parametrize("comment", ["#", ""])
def test_a_main_file_that_is_declared_is_no_sign_that_our_settings_stand_there(comment: str) -> None:
    text = marked(HEAD.decode(), "podwright_node.files", comment).encode()
    ways = replace(WAYS, main=Seen("file abc 600 root:root", recorded=True, original=THEIRS))
    found = way(replace(KUBELET, main=text, ways=ways), files=DECLARED)
    assert found.why_main == ""
    assert [item.key for item in found.items] == [MAIN, f"{FOLDER}/90-podwright.conf", UNIT, "kubelet"]


def test_one_that_was_declared_before_is_left_as_it_is() -> None:
    text = marked(HEAD.decode(), "podwright_node.files", "#").encode()
    ways = replace(WAYS, main=Seen("file abc 600 root:root", recorded=True, original=THEIRS))
    assert way(replace(KUBELET, main=text, ways=ways)).why_main == ""


def test_a_main_file_that_is_declared_is_not_written_a_second_time() -> None:
    found = way(replace(KUBELET, ways=WaysSeen()), files=DECLARED)
    assert found.problem == f"`{MAIN}` is declared itself, so they cannot stand there"
    assert [item.key for item in found.items].count(MAIN) == 1
