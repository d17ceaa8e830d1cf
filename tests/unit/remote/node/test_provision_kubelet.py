"""A kubelet that reads a drop-in of ours: tried, restarted, proven and put back, with a stand-in for it, in every shell."""

from __future__ import annotations

import base64
import json
import os
import shutil
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fakes.authority import Authority
from tests.fakes.rooted_machine import Machine
from tests.fakes.shell_host import SHELLS

from podwright.inventory.provisioning import KubeletEntry, NodeDeclaration
from podwright.operations.judging_kubelet import judge_kubelet
from podwright.plan.changes import Action, Change
from podwright.plan.events import Ended, Event, Restored, StepFailed, Written
from podwright.plan.provision.compare import compare
from podwright.plan.provision.declared_items import items_of
from podwright.plan.provision.item import Item, Kind, Thing
from podwright.remote.node import provision

FOLDER = "/etc/kubernetes/kubelet.conf.d"
DROP_IN = f"{FOLDER}/90-podwright.conf"
UNIT = "/etc/systemd/system/kubelet.service.d/90-podwright-config-dir.conf"
MAIN = "/var/lib/kubelet/config.yaml"
KIND = "kind: KubeletConfiguration\n"

#: ends where the real one does without a runtime, or before, for what its drop-ins say
KUBELET = """
case $1 in --version) echo "Kubernetes v1.36.2"; exit ;; esac
echo "$*" >>"$root/tried"
for word; do
  case $word in
    --config=*) config=${word#*=} ;;
    --config-dir=*) folder=${word#*=} ;;
    --root-dir=*) mkdir -p "${word#*=}" ;;
  esac
done
[ -z "$folder" ] || cat "$folder"/*.conf "$folder"/*/*.conf >>"$root/tried" 2>/dev/null
if grep -qs refuse-me ${folder:+"$folder"/*.conf} $config; then
  echo 'E1130 17:00:00.0 1 run.go:72] "command failed" err="failed to validate kubelet configuration: refuse-me"' >&2
  exit 1
fi
echo 'E1130 run.go:72] "command failed" err="failed to run Kubelet: validate CRI v1 runtime API for endpoint: no"' >&2
exit 1
"""
#: a restart ends the process in proc and begins another, unless a drop-in says that it does not come back
SYSTEMCTL = r"""
[ "$1" != show ] || { cat "$root/shown" 2>/dev/null; exit; }
echo "$1" >>"$root/calls"
case $1 in restart) ;; *) exit 0 ;; esac
next=$(($(cat "$root/pid" 2>/dev/null || echo 100) + 1))
echo "$next" >"$root/pid"
mv "$proc"/1* "$root/process" 2>/dev/null
if grep -qs end-me "$folder"/*.conf; then exit 0; fi
cp -R "$root/process" "$proc/$next"
unit=$root/etc/systemd/system/kubelet.service.d/90-podwright-config-dir.conf
if [ -e "$root/cmdline" ]; then
  cp "$root/cmdline" "$proc/$next/cmdline"
  [ ! -e "$unit" ] || [ -e "$root/environ-file" ] || printf '%s\0' "--config-dir=$folder" >>"$proc/$next/cmdline"
  sed -n 's/^Environment="\(.*\)"$/\1/p' "$unit" "$root/environ" 2>/dev/null | tr '\n' '\0' >"$proc/$next/environ"
fi
read -r now _ </proc/uptime
echo "1 (kubelet) S 1 $(seq -s ' ' 5 21) ${now%.*}00 0" >"$proc/$next/stat"
rm -r "$root/process"
"""


@pytest.fixture(params=SHELLS)
def machine(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setattr(provision, "KUBELET_SECONDS", 5)
    machine = Machine.made(tmp_path, request.param)
    machine.path("/run/systemd/system").mkdir(parents=True)
    os.utime(machine.write(MAIN, KIND), (1000, 1000))
    os.utime(machine.write(f"{FOLDER}/sub/10.conf", "main: 1\n"), (1000, 1000))
    os.utime(machine.path(FOLDER), (1000, 1000))
    machine.tool("kubelet", KUBELET)
    proc = machine.host.proc
    machine.tool("systemctl", f"proc={proc}\nfolder={machine.path(FOLDER)}\n{SYSTEMCTL}")
    running(machine)
    return machine


def running(machine: Machine, *more: str, config_dir: str = FOLDER, name: str = "kubelet") -> None:
    own = machine.host.proc / "100"
    (own / "ns").mkdir(parents=True)
    (own / "ns/mnt").symlink_to("/proc/self/ns/mnt")
    (own / "exe").symlink_to(machine.host.bin / "kubelet")
    (own / "cwd").symlink_to("/")
    (own / "comm").write_text(f"{name}\n")
    uid, gid = os.getuid(), os.getgid()
    ids = "\t".join([str(uid)] * 4), "\t".join([str(gid)] * 4)
    (own / "status").write_text(
        f"Name:\tkubelet\nState:\tS (sleeping)\nPPid:\t1\nUid:\t{ids[0]}\nGid:\t{ids[1]}\n"
    )
    since = int(float(Path("/proc/uptime").read_text().split()[0])) - 5
    (own / "stat").write_text(f"100 (kubelet) S 1 {' '.join(map(str, range(5, 22)))} {since}00 0\n")
    (own / "cgroup").write_text("0::/system.slice/kubelet.service\n")
    arguments = [
        "kubelet",
        f"--config={machine.path(MAIN)}",
        "--v=2",
        "--bootstrap-kubeconfig",
        "/etc/boot",
        *more,
    ]
    if config_dir:
        arguments += ["--config-dir", f"{machine.path(config_dir)}/"]
    (own / "cmdline").write_bytes("\0".join([*arguments, ""]).encode())


def wanted(machine: Machine, settings: Mapping[str, object], soak: int = 1) -> tuple[Item, ...]:
    return items_of(NodeDeclaration(kubelet=KubeletEntry(settings, FOLDER, soak=soak)), {})


def calls(machine: Machine) -> list[str]:
    path = machine.path("/calls")
    found = path.read_text().split() if path.exists() else []
    path.unlink(missing_ok=True)
    return found


def pids(machine: Machine) -> list[str]:
    return sorted(path.name for path in machine.host.proc.iterdir() if path.name.isdigit())


def reads_no_drop_ins(machine: Machine) -> None:
    """As kubeadm starts it; a restart gives it what our drop-in of its unit says."""
    shutil.rmtree(machine.host.proc / "100")
    machine.path(f"{FOLDER}/sub/10.conf").unlink()
    running(machine, config_dir="")
    own = machine.host.proc / "100"
    shutil.copy(own / "cmdline", machine.path("/cmdline"))
    os.utime(machine.write(MAIN, f"apiVersion: kubelet.config.k8s.io/v1beta1\n{KIND}"), (1000, 1000))
    arguments = f"KUBELET_CONFIG_ARGS=--config={machine.path(MAIN)}"
    machine.write(
        "/shown", "ExecStart={ argv[]=/usr/bin/kubelet $KUBELET_CONFIG_ARGS $KUBELET_EXTRA_ARGS ; }\n"
    )
    machine.write("/environ", f'Environment="{arguments}"\n')
    (own / "environ").write_text(f"PASSWORD=hunter-canary\0{arguments}\0")


def told(
    machine: Machine, settings: Mapping[str, object], *, adopt: bool = False
) -> tuple[Change[Thing], ...]:
    # nothing answers at its port
    items = wanted(machine, {"healthzPort": 0, **settings})
    judged = judge_kubelet(items, machine.see(*items))
    assert judged.problems == ()
    return compare(judged.items, judged.seen, adopt=adopt)


def test_a_folder_of_drop_ins_is_turned_on_for_one_that_reads_none(machine: Machine) -> None:
    reads_no_drop_ins(machine)
    changes = told(machine, {"maxPods": 50})
    assert [(change.action, change.name) for change in changes] == [
        (Action.CREATE, DROP_IN),
        (Action.CREATE, UNIT),
        (Action.UPDATE, "kubelet"),
    ]
    events = machine.carry_out(changes)
    assert [event.file_name for event in events if isinstance(event, Written)] == [DROP_IN, UNIT, "kubelet"]
    assert f'--config={machine.path(MAIN)} --config-dir={FOLDER}"' in machine.path(UNIT).read_text()
    assert '"maxPods": 50' in machine.path("/tried").read_text()
    assert "hunter-canary" not in repr(machine.see(*wanted(machine, {})))
    assert [change.action for change in told(machine, {"maxPods": 50})] == [Action.KEEP] * 3
    machine.path(UNIT).write_text("[Service]\n")
    assert [change.name for change in told(machine, {"maxPods": 50}) if change.pending] == [UNIT, "kubelet"]


def test_what_did_not_turn_the_folder_on_is_taken_back(machine: Machine) -> None:
    reads_no_drop_ins(machine)
    # a file of its environment wins over the unit
    machine.write("/environ-file", "")
    events = machine.carry_out(told(machine, {"maxPods": 50}))
    assert failure(events) == "kubelet: it is reads no drop-ins current=yes, not current=yes"
    assert [event.file_name for event in events if isinstance(event, Restored)] == [UNIT, DROP_IN, "kubelet"]
    assert not machine.path(UNIT).exists()
    assert machine.see(*wanted(machine, {})).things["kubelet"].state == "reads no drop-ins current=yes"


def test_the_main_file_is_edited_if_the_folder_cannot_be_turned_on(machine: Machine) -> None:
    reads_no_drop_ins(machine)
    machine.write(f"{FOLDER}/10.conf", "theirs: 1\n")
    # the flag names the file below the folder that stands for /
    machine.path(str(machine.root)).parent.mkdir(parents=True)
    machine.path(str(machine.root)).symlink_to(machine.root)
    main, theirs = str(machine.path(MAIN)), machine.path(MAIN).read_text()
    assert [change.action for change in told(machine, {"maxPods": 50})] == [Action.CONFLICT, Action.KEEP]
    events = machine.carry_out(told(machine, {"maxPods": 50}, adopt=True))
    assert [event.file_name for event in events if isinstance(event, Written)] == [main, "kubelet"]
    assert "maxPods: 50" in machine.path(MAIN).read_text()
    assert "theirs" not in machine.path("/tried").read_text()
    assert [change.action for change in told(machine, {"maxPods": 50})] == [Action.KEEP] * 2
    events = machine.carry_out(told(machine, {"clusterDomain": "refuse-me"}))
    assert failure(events) == "failed to validate kubelet configuration: refuse-me"
    machine.change(Item(Kind.ORIGINAL, main, "released"))
    assert machine.path(MAIN).read_text() == theirs


def failure(events: list[Event]) -> str:
    [found] = [event.detail for event in events if isinstance(event, StepFailed)]
    return found


def test_it_is_tried_begun_anew_and_proven_and_a_second_run_changes_nothing(machine: Machine) -> None:
    items = wanted(machine, {"maxPods": 50})
    changes = machine.plan(*items)
    assert [(change.action, change.name) for change in changes] == [
        (Action.CREATE, DROP_IN),
        (Action.UPDATE, "kubelet"),
    ]
    events = machine.carry_out(changes)
    assert [event.file_name for event in events if isinstance(event, Written)] == [DROP_IN, "kubelet"]
    assert isinstance(events[-1], Ended)
    assert calls(machine) == ["daemon-reload", "reset-failed", "restart"]
    assert pids(machine) == ["101"]
    tried = machine.path("/tried").read_text()
    assert '"maxPods": 50' in tried
    assert "main: 1" in tried
    # the last of a flag counts
    assert tried.index("--bootstrap-kubeconfig /etc/boot") < tried.index("--bootstrap-kubeconfig= ")
    assert "/no-runtime" in tried
    assert not [*machine.path("/var/lib/podwright/settings").glob(".*")]
    inode = machine.path(DROP_IN).stat().st_ino
    assert [change.action for change in machine.plan(*items)] == [Action.KEEP, Action.KEEP]
    assert machine.path(DROP_IN).stat().st_ino == inode
    assert machine.path(DROP_IN).stat().st_mode & 0o777 == 0o600


def test_what_the_kubelet_itself_refuses_changes_nothing(machine: Machine) -> None:
    events = machine.change(*wanted(machine, {"clusterDomain": "refuse-me"}))
    assert failure(events) == "failed to validate kubelet configuration: refuse-me"
    assert not machine.path(DROP_IN).exists()
    assert calls(machine) == []
    assert pids(machine) == ["100"]


def test_a_kubelet_that_does_not_come_back_is_restored_and_proven(machine: Machine) -> None:
    machine.change(*wanted(machine, {"maxPods": 50}))
    before = machine.path(DROP_IN).read_text()
    calls(machine)
    events = machine.change(*wanted(machine, {"maxPods": 51, "clusterDomain": "end-me"}))
    assert "is not healthy within 5 s" in failure(events)
    assert [event.file_name for event in events if isinstance(event, Restored)] == [DROP_IN, "kubelet"]
    assert machine.path(DROP_IN).read_text() == before
    assert pids(machine) == ["103"]
    assert calls(machine) == ["daemon-reload", "reset-failed", "restart"] * 2


def test_one_that_is_older_than_its_configuration_is_begun_anew_however_that_came(machine: Machine) -> None:
    items = wanted(machine, {"maxPods": 50})
    machine.change(*items)
    now = int(float(Path("/proc/uptime").read_text().split()[0]))
    own = machine.host.proc / pids(machine)[0] / "stat"
    own.write_text(f"1 (kubelet) S 1 {' '.join(map(str, range(5, 22)))} {now - 3600}00 0\n")
    file, kubelet = machine.plan(*items)
    assert (file.action, kubelet.action) == (Action.KEEP, Action.UPDATE)
    assert kubelet.reason == "current=no instead of current=yes"
    machine.carry_out((file, kubelet))
    assert [change.action for change in machine.plan(*items)] == [Action.KEEP, Action.KEEP]


def pods_end(machine: Machine) -> None:
    """With the first restart: a job's, which ends by itself, and another one."""
    listed = [
        {
            "id": name,
            "metadata": {"name": name, "namespace": "default"},
            "state": "SANDBOX_READY",
            "labels": {"batch.kubernetes.io/job-name": name} if name == "once" else {"name": "label"},
        }
        for name in ("stays", "once", "ends")
    ]
    for name, pods in (("/pods", listed), ("/left", listed[:1])):
        machine.write(name, json.dumps({"items": pods}, indent=2))
    machine.tool("crictl", 'if [ -e "$root/pid" ]; then cat "$root/left"; else cat "$root/pods"; fi')


def test_pods_that_end_with_the_restart_are_seen(machine: Machine) -> None:
    pods_end(machine)
    events = machine.change(*wanted(machine, {"maxPods": 50}))
    assert failure(events).endswith("pods ended with the restart: default/ends")
    assert not machine.path(DROP_IN).exists()


@pytest.mark.parametrize(
    ("config_dir", "state"),
    [("", "reads no drop-ins current=yes"), ("/etc/other", "reads {root}/etc/other"), (None, "stopped")],
)
def test_a_kubelet_that_does_not_read_the_folder_is_seen(
    machine: Machine, config_dir: str | None, state: str
) -> None:
    shutil.rmtree(machine.host.proc / "100")
    if config_dir is not None:
        running(machine, config_dir=config_dir)
    seen = machine.see(*wanted(machine, {}))
    assert seen.things["kubelet"].state == state.format(root=machine.root)


def test_what_it_shows_of_itself_is_read(machine: Machine) -> None:
    kubelet = machine.see(*wanted(machine, {})).kubelet
    assert kubelet is not None
    assert (kubelet.process, kubelet.version, kubelet.problem) == ("kubelet", "v1.36.2", "")
    assert kubelet.main == b"kind: KubeletConfiguration\n"
    assert kubelet.drop_ins == (("sub/10.conf", b"main: 1\n"),)
    assert kubelet.flags["v"] == "2"
    assert kubelet.client_seconds is None


def test_a_main_file_that_the_kubelet_names_from_where_it_is_read_too(machine: Machine) -> None:
    shutil.rmtree(machine.host.proc / "100")
    running(machine, "--config", str(machine.path(MAIN)).lstrip("/"))
    kubelet = machine.see(*wanted(machine, {})).kubelet
    assert kubelet is not None
    assert kubelet.main == b"kind: KubeletConfiguration\n"


def test_how_long_its_client_certificate_is_good_is_read_and_never_the_key(machine: Machine) -> None:
    certificate, key = Authority().issue("system:node:n1", valid_to=timedelta(hours=1))
    texts = (
        f"    client-certificate-data: {base64.b64encode(certificate.encode()).decode()}\n"
        f"    client-key-data: {base64.b64encode(key.encode()).decode()}\n"
    )
    machine.write("/kubelet.conf", texts)
    shutil.rmtree(machine.host.proc / "100")
    running(machine, "--kubeconfig", str(machine.path("/kubelet.conf")))
    kubelet = machine.see(*wanted(machine, {})).kubelet
    assert kubelet is not None
    assert kubelet.client_seconds is not None
    assert 3000 < kubelet.client_seconds <= 3600
