"""Drift found by looking, and nothing changed by it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.kubelets import show_processes
from tests.fakes.nouns import manifest, mirror, pod_text
from tests.unit.operations.conftest import SETTINGS, sandbox

from podwright.errors import HostUnreachableError
from podwright.exit_codes import ExitCode
from podwright.inventory.node import NodeSettings
from podwright.inventory.waivers import Waiver
from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import Workload
from podwright.operations.drift import check_drift, drift_code, findings_of
from podwright.operations.push import converge_fleet
from podwright.operations.report import Status
from podwright.operations.world import Settings
from podwright.plan.drift_excuses import Allowances
from podwright.plan.expectations import WaitFor
from podwright.plan.reasons import Drift
from podwright.remote.kube.cluster import NodeStatus
from podwright.reports.drift_remedies import remedy_of

WEB = manifest()


def check(site, *desired, settings=SETTINGS):
    return check_drift(desired or (site.desired(WEB),), site.world, settings)


def found(report) -> list[tuple[Drift, str]]:
    return [(finding.drift, finding.subject) for finding in findings_of(report)]


def snapshot(root: Path) -> dict[str, tuple[object, ...]]:
    """Every byte, time and inode below `root`."""
    seen = {}
    for path in (root, *root.rglob("*")):
        stat = path.lstat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        seen[str(path)] = (
            stat.st_ino,
            stat.st_mode,
            stat.st_uid,
            stat.st_mtime_ns,
            stat.st_ctime_ns,
            content,
        )
    return seen


def test_in_sync_is_clean(site) -> None:
    site.place(WEB)
    site.runs(WEB)
    report = check(site)
    assert (findings_of(report), report.problems, drift_code(report)) == ((), (), ExitCode.DONE)


def test_a_check_changes_no_byte_no_time_and_no_inode(site) -> None:
    site.place(manifest(image="example.com/web:9"), generation=3)
    (site.folder / "stray.bak").write_text(pod_text("other"))
    (site.root / ".podwright" / "manifests").mkdir(parents=True)
    before = snapshot(site.folder), snapshot(site.root / ".podwright")
    assert drift_code(check(site)) is ExitCode.DRIFT
    assert (snapshot(site.folder), snapshot(site.root / ".podwright")) == before


def test_a_missing_a_changed_an_unwanted_and_a_foreign_file(site) -> None:
    assert found(check(site)) == [(Drift.FILE_MISSING, "web.yaml")]
    site.place(manifest(image="example.com/web:9"))
    assert found(check(site)) == [(Drift.FILE_CHANGED, "web.yaml")]
    assert found(check(site, site.desired(absent=("web.yaml",)))) == [(Drift.FILE_UNWANTED, "web.yaml")]
    (site.folder / "web.yaml").write_text(pod_text())
    assert found(check(site)) == [(Drift.FILE_FOREIGN, "web.yaml")]


def test_each_instance_of_a_template_is_compared_with_its_own_file(site) -> None:
    def instance(name: str, tag: int) -> Manifest:
        return Manifest.parse(Workload("vip", name), pod_text(f"vip-{name}", image=f"example.com/vip:{tag}"))

    def drift_of(*desired: Manifest, absent: tuple[str, ...] = ()) -> list[tuple[Drift, str]]:
        files_only = Settings(wait_for=WaitFor.FILE)
        return found(check(site, site.desired(*desired, absent=absent), settings=files_only))

    blue, green = instance("blue", 1), instance("green", 1)
    site.place(blue)
    assert drift_of(blue, green) == [(Drift.FILE_MISSING, "vip.green.yaml")]
    site.place(instance("green", 2))
    assert drift_of(blue, green) == [(Drift.FILE_CHANGED, "vip.green.yaml")]
    site.place(green)
    assert drift_of(green, absent=("vip.blue.yaml",)) == [(Drift.FILE_UNWANTED, "vip.blue.yaml")]


def test_a_mirror_that_no_file_defines_is_found_and_what_holds_it_is_named(site) -> None:
    held = replace(mirror(WEB), finalizers=("example.com/hold",))
    site.mirrors.pods[held.ref] = held
    report = check(site, site.desired(absent=("web.yaml",)))
    assert found(report) == [(Drift.MIRROR_ORPHANED, "default/web-n1")]
    assert "the finalizer `example.com/hold` holds the mirror pod" in findings_of(report)[0].detail
    assert (
        found(check(site, site.desired(absent=("web.yaml",)), settings=Settings(wait_for=WaitFor.RUNNING)))
        == []
    )


def test_a_copy_beside_the_file_is_found(site) -> None:
    site.place(WEB)
    site.runs(WEB)
    (site.folder / "web.yaml.bak").write_text(WEB.text(1))
    report = check(site)
    assert found(report) == [(Drift.POD_DUPLICATE, "web.yaml")]
    subprocess.run(remedy_of(findings_of(report)[0])[1], shell=True, check=True)
    assert found(check(site)) == []


def test_a_pod_that_does_not_run_or_is_not_this_manifests(site) -> None:
    site.place(WEB)
    os.utime(site.folder / "web.yaml", (0, 0))
    site.mirrors.pods[WEB.pod.on("n1")] = mirror(WEB)
    assert (Drift.POD_NOT_RUNNING, "default/web-n1") in found(check(site))
    site.show(sandbox(manifest(image="example.com/web:9")))
    assert (Drift.POD_STALE, "default/web-n1") in found(check(site))


def test_a_missing_mirror_and_one_of_the_pod_before(site) -> None:
    site.place(WEB)
    site.runs(WEB)
    site.mirrors.pods.clear()
    assert found(check(site)) == [(Drift.MIRROR_MISSING, "default/web-n1")]
    site.mirrors.pods[WEB.pod.on("n1")] = mirror(WEB, uid="old")
    assert found(check(site)) == [(Drift.MIRROR_STALE, "default/web-n1")]


def test_a_pod_of_ours_without_a_file_is_an_orphan(site) -> None:
    site.show(sandbox(WEB))
    desired = site.desired(absent=("web.yaml",))
    # its file may have gone just now
    assert found(check(site, desired)) == []
    os.utime(site.folder, (0, 0))
    assert found(check(site, desired)) == [(Drift.POD_ORPHANED, "default/web-n1")]


def test_a_source_that_does_not_answer_is_unchecked_and_never_clean(site) -> None:
    site.place(WEB)
    site.runs(WEB)
    site.mirrors.silent = "the API is down"
    report = check(site)
    assert [problem.message for problem in report.problems] == [
        "the mirror could not be asked: the API is down"
    ]
    assert drift_code(report) is ExitCode.UNCHECKED
    site.mirrors.remedy = "bring it up"
    assert check(site).problems[0].hint == "bring it up"


def test_an_api_nobody_gave_is_a_note(site) -> None:
    site.place(WEB)
    site.runs(WEB)
    site.mirrors.silent = "there is no kubeconfig"
    report = check_drift((site.desired(WEB),), replace(site.world, without_api=True), Settings())
    assert drift_code(report) is ExitCode.DONE
    assert "the API was not checked (there is no kubeconfig)" in report.notes[0]


def test_a_kubelet_that_is_down_is_drift_and_what_it_hides_is_unchecked(site) -> None:
    show_processes(site.host.proc, [])
    report = check(site)
    assert found(report)[0] == (Drift.KUBELET_DOWN, "kubelet")
    assert drift_code(report) is ExitCode.DRIFT
    assert report.problems[0].hint == (
        "start it (`systemctl start kubelet`; on k3s and RKE2 its unit is `k3s` or `rke2-server`), and read its journal;"
        " `--wait-for file` checks the files alone"
    )


@pytest.mark.parametrize("desired", ["present", "absent"])
def test_a_folder_that_cannot_be_listed_is_neither_clean_nor_drifted(site, desired) -> None:
    site.folder.rmdir()
    site.folder.write_text("no folder")
    wanted = site.desired(WEB) if desired == "present" else site.desired(absent=("web.yaml",))
    report = check(site, wanted)
    assert (findings_of(report), drift_code(report)) == ((), ExitCode.UNCHECKED)
    assert "is not a folder" in report.problems[0].message


def test_a_missing_folder_is_drift(site) -> None:
    site.folder.rmdir()
    assert found(check(site)) == [(Drift.FILE_MISSING, "web.yaml")]


def test_with_wait_for_file_only_files_count(site) -> None:
    site.place(WEB)
    report = check(site, settings=Settings(wait_for=WaitFor.FILE))
    assert drift_code(report) is ExitCode.DONE


def test_drift_outweighs_what_could_not_be_checked(site) -> None:
    good = site.world.connect

    @contextmanager
    def connect(node):
        if node.name == "n2":
            raise HostUnreachableError("n2: cannot connect")
        with good(node) as host:
            yield host

    world = replace(site.world, connect=connect)
    away = replace(site.desired(WEB), node=replace(site.node, name="n2"))
    report = check_drift((away, site.desired(WEB)), world, Settings())
    assert drift_code(report) is ExitCode.DRIFT
    assert [str(problem) for problem in report.problems] == ["n2: cannot connect"]
    assert drift_code(check_drift((away,), world, Settings())) is ExitCode.UNCHECKED


def test_two_inventory_names_of_one_node_are_drift_of_both(site) -> None:
    site.place(WEB)
    site.runs(WEB)
    again = replace(site.desired(WEB), node=replace(site.node, name="n1-again"))
    report = check(site, site.desired(WEB), again)
    assert [(finding.node, finding.drift) for finding in findings_of(report)] == [
        ("n1", Drift.NODE_DUPLICATE),
        ("n1-again", Drift.NODE_DUPLICATE),
    ]


def test_what_only_reads_never_loads_the_code_that_writes() -> None:
    program = (
        "import sys, podwright.operations.drift, podwright.operations.status;"
        "sys.exit('podwright.remote.node.apply' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_what_the_nodes_kubelet_would_refuse_is_told_beside_the_missing_file(site) -> None:
    """A push could not mend it: the node was left on an older version."""
    newer = Manifest.parse(Workload("web"), pod_text() + "    restartPolicy: OnFailure\n")
    site.mirrors.version = "v1.33.4"
    report = check(site, site.desired(newer))
    assert found(report) == [(Drift.FILE_MISSING, "web.yaml")]
    [problem] = report.problems
    assert "before Kubernetes 1.35" in problem.message
    assert drift_code(report) is ExitCode.DRIFT


def test_what_the_inventory_knows_nothing_of_is_found_unless_it_is_expected(site) -> None:
    site.place(WEB)
    site.runs(WEB)
    for name in ("etcd.yaml", "other.yaml.bak"):
        (site.folder / name).write_text(pod_text(name.partition(".")[0]))
    (site.folder / "notes.yaml").write_text("no manifest")
    whole = replace(site.desired(WEB), owner="")
    assert found(check(site, whole)) == [
        (Drift.FILE_UNMANAGED, "etcd.yaml"),
        (Drift.FILE_IGNORED, "notes.yaml"),
        (Drift.FILE_STRAY, "other.yaml.bak"),
    ]
    settings = NodeSettings(expected_files=("etcd.yaml", "notes.*", "other.*"))
    assert found(check(site, replace(whole, node=replace(site.node, settings=settings)))) == []
    assert found(check(site)) == []  # only some of its pods were asked about


def test_a_mirror_on_a_node_that_the_inventory_lacks_is_found_by_a_check_of_all(site) -> None:
    site.place(WEB)
    site.runs(WEB)
    away = replace(mirror(WEB), ref=WEB.pod.on("gone"), node_name="gone")
    theirs = replace(away, ref=WEB.pod.on("theirs"), node_name="theirs", owner="team-b")
    site.mirrors.pods |= {pod.ref: pod for pod in (away, theirs)}
    site.mirrors.on_node = lambda name: () if name else (mirror(WEB), away, theirs)
    whole = replace(site.desired(WEB), owner="")
    report = check_drift((whole,), site.world, SETTINGS, whole=True)
    [finding] = findings_of(report)
    assert (finding.node, finding.drift, finding.subject) == (
        "gone",
        Drift.MIRROR_ELSEWHERE,
        "default/web-gone",
    )
    ignored = Allowances(ignored=(Drift.MIRROR_ELSEWHERE,))
    assert findings_of(check_drift((whole,), site.world, SETTINGS, whole=True, allowances=ignored)) == ()
    assert findings_of(check_drift((whole,), site.world, SETTINGS)) == ()


def test_nothing_is_guessed_of_other_nodes_while_one_cannot_be_reached(site) -> None:
    @contextmanager
    def connect(_node):
        raise HostUnreachableError("n1: cannot connect")
        yield

    site.mirrors.pods[WEB.pod.on("gone")] = replace(mirror(WEB), node_name="gone")
    world = replace(site.world, connect=connect)
    whole = replace(site.desired(WEB), owner="")
    assert findings_of(check_drift((whole,), world, SETTINGS, whole=True)) == ()
    named = replace(whole, node=replace(site.node, settings=NodeSettings(node_name="n1")))
    assert found(check_drift((named,), world, SETTINGS, whole=True)) == [
        (Drift.MIRROR_ELSEWHERE, "default/web-n1")
    ]


def test_what_a_push_that_goes_on_may_end_is_in_flux_and_no_drift(site) -> None:
    """Of a file, of a pod, and of nothing once the lock is gone."""
    lock = site.root / ".podwright" / "manifests" / "lock"
    lock.parent.mkdir(parents=True)
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    lock.write_text(f"l1 {uptime + 50:.0f} boot {uptime:.0f} kim@ops1\n")
    report = check(site)
    [excused] = report.nodes[0].value.excused
    assert (findings_of(report), drift_code(report)) == ((), ExitCode.DONE)
    assert str(excused) == (
        "n1: in-flux: web.yaml: file-missing: it should be there (kim@ops1 holds the node's lock)"
    )
    lock.unlink()
    assert found(check(site)) == [(Drift.FILE_MISSING, "web.yaml")]


def test_a_nodes_own_waivers_count_for_all_of_its_findings(site) -> None:
    waivers = (Waiver("file-missing", "soon", "2027-01-31"), Waiver("node-duplicate", "moves", "2027-01-31"))
    node = replace(site.node, settings=NodeSettings(waivers=waivers))
    desired = (
        replace(site.desired(WEB), node=node),
        replace(site.desired(WEB), node=replace(node, name="n1-again")),
    )
    report = check_drift(desired, site.world, SETTINGS, allowances=Allowances("2027-01-31"))
    assert (findings_of(report), drift_code(report)) == ((), ExitCode.DONE)
    assert [entry.finding.drift.value for entry in report.nodes[0].value.excused] == [
        "file-missing",
        "node-duplicate",
    ]
    later = check_drift(desired[:1], site.world, SETTINGS, allowances=Allowances("2027-02-01"))
    assert [kind.value for kind, _ in found(later)] == ["file-missing", "waiver-expired", "waiver-expired"]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_a_manifest_that_another_user_owns_is_drift_and_a_push_takes_it_back_without_a_restart(site) -> None:
    site.place(WEB)
    site.runs(WEB)
    os.chown(site.folder / "web.yaml", 1000, -1)
    report = check(site)
    assert found(report) == [(Drift.FILE_RIGHTS, "web.yaml")]
    assert findings_of(report)[0].detail == "owner 1000 instead of 0"
    (outcome,) = converge_fleet("PushReport", (site.desired(WEB),), site.world, SETTINGS).nodes
    assert (outcome.status, site.file()) == (Status.CHANGED, WEB.text(1))
    assert (site.folder / "web.yaml").stat().st_uid == 0
    assert findings_of(check(site)) == ()


@pytest.mark.parametrize(
    ("ready", "expected"), [(None, [(Drift.MIRROR_ORPHANED, "default/web-before")]), (True, [])]
)
def test_a_mirror_of_the_name_that_a_node_had_before_is_an_orphan(site, ready, expected) -> None:
    """Not if there is another node of that name."""
    renamed = replace(site.desired(), node=replace(site.node, name="before"))
    old = replace(mirror(WEB), ref=WEB.pod.on("before"), node_name="before")
    site.mirrors.on_node = lambda name: (old,) if name == "before" else ()
    site.mirrors.node = lambda name: NodeStatus(name, ready=ready)
    assert found(check(site, renamed)) == expected


def test_a_comment_is_cosmetic_and_a_push_leaves_it(site) -> None:
    site.place(WEB)
    site.runs(WEB)
    with (site.folder / "web.yaml").open("a") as file:
        file.write("# kim was here\n")
    assert found(check(site)) == [(Drift.FILE_COSMETIC, "web.yaml")]
    (outcome,) = converge_fleet("PushReport", (site.desired(WEB),), site.world, SETTINGS).nodes
    assert outcome.status is Status.UNCHANGED


def test_who_changed_a_file_last_is_asked_for_a_page_alone(site) -> None:
    converge_fleet("PushReport", (site.desired(WEB),), site.world, Settings(wait_for=WaitFor.FILE))
    [without] = check(site).nodes
    [with_it] = check_drift((site.desired(WEB),), site.world, SETTINGS, with_changes=True).nodes
    assert without.value.changes == ()
    assert [(one.name, one.run, one.who) for one in with_it.value.changes] == [("web.yaml", "r1", "ada@desk")]
