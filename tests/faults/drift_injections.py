"""How drift of each kind is made on a bench; what is no file of the node and no process of its pods, heal ends by `undo`."""

from __future__ import annotations

import os
import signal
import ssl
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from socket import socket
from threading import Event

from tests.fakes.authority import Authority
from tests.fakes.copies import replace
from tests.fakes.rogue_servers import tcp_server
from tests.fakes.selinux import Selinux
from tests.faults.drift_bench import MARK, ONE, Bench, foreign

from podwright.errors import HostError
from podwright.inventory.node import Node
from podwright.operations.holds import add_holds
from podwright.operations.push import converge_fleet
from podwright.operations.world import Settings
from podwright.plan.drift_history import DriftHistory
from podwright.plan.holds import Hold
from podwright.plan.reasons import Drift
from podwright.remote.host import Host
from podwright.remote.node import selinux_labels

#: makes the drift; may give what the check is to know of the one before
Injection = Callable[[Bench], DriftHistory | None]
AUTHORITY = Authority()
SQUAT = "      ports: [{containerPort: 18080, hostPort: 18080}]\n"


def _an_hour_later(bench: Bench) -> None:
    """By the node's clock: what had its time to start or to end is in flux no more."""
    bench.breakages.break_node(ONE, "clock-skew")


def _stopped_without_file(bench: Bench) -> None:
    bench.freeze()
    bench.probe.unlink()
    _an_hour_later(bench)


def _others_pod_without_file(bench: Bench) -> None:
    bench.put("foreign.yaml", foreign("foreign"))
    bench.until(lambda: _runs(bench, "foreign"), lambda: "the pod of others did not start")
    bench.freeze()
    (bench.manifests / "foreign.yaml").unlink()
    _an_hour_later(bench)


def _runs(bench: Bench, name: str) -> bool:
    pods, _, _ = bench.lab.store.list("pods", "default")
    return any(pod["metadata"]["name"] == f"{name}-{ONE}" for pod in pods)


def _other_site(**variables: object) -> Injection:
    def inject(bench: Bench) -> None:
        bench.site(**variables)

    return inject


def _other_pod(**variables: object) -> Injection:
    """What is written is what should be, and it does not run well."""

    def inject(bench: Bench) -> None:
        bench.site(**variables)
        bench.put_desired(generation=7)

    return inject


def _late(inject: Injection) -> Injection:
    """The same, once the pod has had all the time that it may take."""

    def later(bench: Bench) -> None:
        inject(bench)
        bench.until(lambda: _started(bench), lambda: "the sandbox did not start")
        _an_hour_later(bench)

    return later


def _started(bench: Bench) -> bool:
    """Whether the old pod has given way."""
    return not any(kind in ("pod-stale", "pod-not-running") for _, kind, _ in bench.all_found())


def _stale(bench: Bench) -> None:
    bench.freeze()
    bench.site(init="hostname: newer")
    bench.put_desired(generation=7)
    os.utime(bench.probe, (time.time() - 600,) * 2)


def _restarted(bench: Bench) -> DriftHistory:
    """A container that ran for a while: one that ends sooner than it ran before is a crash loop."""
    history = bench.history()
    os.kill(bench.process(), signal.SIGKILL)
    return history


def _no_mirror(bench: Bench) -> None:
    bench.freeze()
    bench.lab.store.delete("pods", "default", f"probe-{ONE}", grace_seconds=0)
    _an_hour_later(bench)  # a pod that just started has none yet


def _stale_mirror(bench: Bench) -> None:
    bench.freeze()
    pod = bench.mirror()
    pod["metadata"]["annotations"]["kubernetes.io/config.mirror"] = "0" * 32
    bench.lab.store.delete("pods", "default", f"probe-{ONE}", grace_seconds=0)
    bench.lab.store.create("pods", pod)
    _an_hour_later(bench)


def _orphaned_mirror(bench: Bench) -> None:
    bench.freeze()
    bench.lab.store.create("pods", bench.mirror(name=f"gone-{ONE}"))


def _mirror_elsewhere(bench: Bench) -> None:
    pod = bench.mirror(name="probe-gone-1")
    bench.lab.store.create("pods", {**pod, "spec": {**pod["spec"], "nodeName": "gone-1"}})


def _port_taken(bench: Bench) -> None:
    bench.put("squat.yaml", foreign("squat", SQUAT))
    bench.site(more=SQUAT.strip())


def _twice(bench: Bench) -> None:
    node = bench.desired[0].node.connection
    bench.site(
        hosts={
            "cp-1-again": {
                "ansible_host": "127.0.0.1",
                "ansible_port": node.port,
                "ansible_user": node.user,
                "ansible_ssh_private_key_file": str(node.private_key_file),
            }
        }
    )


def _held(bench: Bench) -> None:
    now = int(time.time())
    hold = Hold("", "kim@ops1", "disk replacement", now, now + 3600)
    [node] = [one.node for one in bench.desired if one.node.name == ONE]
    add_holds((node,), bench.world, (hold,), forks=1)


def _certificate(**dates: timedelta) -> Injection:
    def inject(bench: Bench) -> None:
        file = bench.folder / "web.crt"
        file.write_text(AUTHORITY.issue("web", **dates)[0])
        volume = f"  volumes: [{{name: pki, hostPath: {{path: {file}}}}}]\n"
        bench.put("certified.yaml", foreign("certified") + volume)

    return inject


def _stale_certificate(bench: Bench) -> None:
    """A port that serves what lay there before."""
    old, key = (bench.folder / name for name in ("old.crt", "old.key"))
    year = timedelta(days=365)
    for path, text in zip((old, key), AUTHORITY.issue("web", valid_to=year), strict=True):
        path.write_text(text)
    renewed = bench.folder / "web.crt"
    renewed.write_text(AUTHORITY.issue("web", valid_from=timedelta(hours=-1), valid_to=year)[0])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(old, key)

    def serve(connection: socket, _stop: Event) -> None:
        with context.wrap_socket(connection, server_side=True) as link:
            link.recv(1)

    port = bench.undo.enter_context(tcp_server(serve))
    more = f"      ports: [{{containerPort: {port}}}]\n  hostNetwork: true\n"
    volume = f"  volumes: [{{name: pki, hostPath: {{path: {renewed}}}}}]\n"
    bench.put("certified.yaml", foreign("certified", more + volume))


def _wrong_label(bench: Bench) -> None:
    bin_dir = bench.lab.node(ONE).layout.bin_dir
    selinux = Selinux(bench.folder / "selinux", bin_dir)
    bench.undo.callback(selinux.remove)
    bench.undo.callback(setattr, selinux_labels, "SELINUX", selinux_labels.SELINUX)
    selinux_labels.SELINUX = str(selinux.enforce)
    selinux.enforce.write_text("1")
    selinux.label(bench.probe)


def _unconfirmed(seconds: float) -> Injection:
    """A run that can log in no more once it has written, as after a push that breaks the network."""

    def inject(bench: Bench) -> None:
        # what was taken back once is refused
        bench.site(init=f"hostname: at-{time.monotonic_ns()}")
        one = next(one for one in bench.desired if one.node.name == ONE)
        logins = []

        def connect(node: Node) -> AbstractContextManager[Host]:
            logins.append(node.name)
            if len(logins) > 1:
                raise HostError(f"{node.name}: cannot connect")
            return bench.world.connect(node)

        cut_off = replace(bench.world, connect=connect)
        given = Settings(hold=0.1, timeout=60, confirm_within=seconds)
        report = converge_fleet("PushReport", (one,), cut_off, given)
        assert report.problems, "it was confirmed"
        bench.undo.callback(bench.revert, cut_off.run.id)

    return inject


INJECTIONS: dict[Drift, Injection] = {
    Drift.FILE_MISSING: lambda bench: bench.probe.unlink(),
    Drift.FILE_CHANGED: lambda bench: bench.put(
        "probe.yaml", bench.probe.read_text().replace("1.36", "1.37")
    ),
    Drift.FILE_COSMETIC: lambda bench: bench.put("probe.yaml", bench.probe.read_text() + MARK + "\n"),
    Drift.FILE_RIGHTS: lambda bench: bench.probe.chmod(0o640),
    Drift.FILE_LABEL: _wrong_label,
    Drift.FILE_UNWANTED: _other_site(static_pods={"probe": "absent"}),
    Drift.FILE_FOREIGN: lambda bench: bench.put("probe.yaml", foreign("probe")),
    Drift.FILE_ORPHANED: lambda bench: bench.put("old.yaml", bench.renamed("old")),
    Drift.FOLDER_OPEN: lambda bench: bench.manifests.chmod(0o777),
    Drift.POD_DUPLICATE: lambda bench: bench.put("zz.yaml", bench.probe.read_text()),
    Drift.PORT_TAKEN: _port_taken,
    Drift.NODE_DUPLICATE: _twice,
    Drift.POD_NOT_RUNNING: _other_pod(image="registry.invalid/none:1"),
    Drift.POD_STALE: _stale,
    Drift.POD_ORPHANED: _stopped_without_file,
    Drift.POD_CRASH_LOOPING: _other_pod(program="exit 3"),
    Drift.POD_CREATING: _late(
        _other_pod(
            init='initContainers: [{name: first, image: "docker.io/library/busybox:1.36", command: [sleep, "600"]}]'
        )
    ),
    Drift.POD_NOT_READY: _late(
        _other_pod(more="readinessProbe: {periodSeconds: 1, tcpSocket: {port: 9, host: 127.0.0.1}}")
    ),
    Drift.POD_RESTARTED: _restarted,
    Drift.MIRROR_MISSING: _no_mirror,
    Drift.MIRROR_STALE: _stale_mirror,
    Drift.MIRROR_ORPHANED: _orphaned_mirror,
    Drift.FILE_UNMANAGED: lambda bench: bench.put("foreign.yaml", foreign("foreign")),
    Drift.FILE_STRAY: lambda bench: bench.put("foreign.yaml.bak", foreign("foreign")),
    Drift.FILE_IGNORED: lambda bench: bench.put("notes.yaml", "kind: [\n"),
    Drift.SANDBOX_ORPHANED: _others_pod_without_file,
    Drift.KUBELET_DOWN: lambda bench: bench.breakages.break_node(ONE, "kubelet-down") and None,
    Drift.FOLDER_UNREAD: _other_site(podwright_manifest_dir="/etc/kubernetes/elsewhere"),
    Drift.MIRROR_ELSEWHERE: _mirror_elsewhere,
    Drift.SWITCH_ARMED: _unconfirmed(600),
    Drift.SWITCH_FIRED: _unconfirmed(1),
    Drift.NODE_HELD: _held,
    Drift.WAIVER_EXPIRED: _other_site(
        podwright_waivers=[{"drift": "file-missing", "reason": "soon", "until": "2026-01-31"}]
    ),
    Drift.CERTIFICATE_EXPIRING: _certificate(valid_to=timedelta(days=3)),
    Drift.CERTIFICATE_EXPIRED: _certificate(valid_from=timedelta(days=-9), valid_to=timedelta(days=-1)),
    Drift.CERTIFICATE_STALE: _stale_certificate,
}
