"""Makes drift of each kind on a lab and looks whether a check finds it by its name, and finds nothing while nothing is wrong
or while a push is under way: `scripts/drift 20 --quiet 300 --rollouts 50`.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

from tests.fakes.authority import Authority
from tests.faults.drift_bench import MARK, ONE, OTHER, Bench, foreign

from podwright.operations.holds import add_holds
from podwright.plan.drift_history import NO_HISTORY, DriftHistory
from podwright.plan.holds import Hold
from podwright.plan.reasons import Drift

#: makes the drift; may give what the check is to know of the one before
Injection = Callable[[Bench], DriftHistory | None]
AUTHORITY = Authority()
SQUAT = "      ports: [{containerPort: 18080, hostPort: 18080}]\n"


def _stopped_without_file(bench: Bench) -> None:
    bench.freeze()
    bench.probe.unlink()


def _others_pod_without_file(bench: Bench) -> None:
    bench.put("foreign.yaml", foreign("foreign"))
    bench.until(lambda: _runs(bench, "foreign"), lambda: "the pod of others did not start")
    bench.freeze()
    (bench.manifests / "foreign.yaml").unlink()


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
    """The same, once the pod has had all the time that it may take: an hour later, by the node's clock."""

    def later(bench: Bench) -> None:
        inject(bench)
        bench.until(lambda: _started(bench), lambda: "the sandbox did not start")
        bench.breakages.break_node(ONE, "clock-skew")

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
    bench.breakages.break_node(ONE, "clock-skew")  # a pod that just started has none yet


def _stale_mirror(bench: Bench) -> None:
    bench.freeze()
    pod = bench.mirror()
    pod["metadata"]["annotations"]["kubernetes.io/config.mirror"] = "0" * 32
    bench.lab.store.delete("pods", "default", f"probe-{ONE}", grace_seconds=0)
    bench.lab.store.create("pods", pod)
    bench.breakages.break_node(ONE, "clock-skew")


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


INJECTIONS: dict[Drift, Injection] = {
    Drift.FILE_MISSING: lambda bench: bench.probe.unlink(),
    Drift.FILE_CHANGED: lambda bench: bench.put(
        "probe.yaml", bench.probe.read_text().replace("1.36", "1.37")
    ),
    Drift.FILE_COSMETIC: lambda bench: bench.put("probe.yaml", bench.probe.read_text() + MARK + "\n"),
    Drift.FILE_RIGHTS: lambda bench: bench.probe.chmod(0o640),
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
    Drift.NODE_HELD: _held,
    Drift.WAIVER_EXPIRED: _other_site(
        podwright_waivers=[{"drift": "file-missing", "reason": "soon", "until": "2026-01-31"}]
    ),
    Drift.CERTIFICATE_EXPIRING: _certificate(valid_to=timedelta(days=3)),
    Drift.CERTIFICATE_EXPIRED: _certificate(valid_from=timedelta(days=-9), valid_to=timedelta(days=-1)),
}
#: seconds in which a check must find it: a kubelet of the lab and a container need some
FOUND_SECONDS = 40.0


def inject(bench: Bench, kind: Drift) -> str:
    """What went wrong, if anything did: it was not found, or something was found of what is well."""
    history = INJECTIONS[kind](bench)
    deadline, found = time.monotonic() + FOUND_SECONDS, set()
    while kind.value not in {name for _, name, _ in found}:
        if time.monotonic() > deadline:
            return f"{kind.value}: not found, but {sorted(found)}; {bench.restless()}"
        known = history if isinstance(history, DriftHistory) else NO_HISTORY
        # of a hold is told, and it never counts
        found = bench.all_found() if kind is Drift.NODE_HELD else bench.found(known)
    false = [one for one in found if one[0] == OTHER or "steady" in one[2]]
    if kind is Drift.FOLDER_UNREAD:
        # nothing lies in the other folder, which is drift of every file
        false = [one for one in false if one[1] != Drift.FILE_MISSING.value]
    return f"{kind.value}: and {false}" if false else ""


def try_kinds(bench: Bench, kinds: Iterable[Drift], tell: Callable[[str], None]) -> list[str]:
    """What went wrong with each kind; the lab is as before after each."""
    wrong = []
    for kind in kinds:
        began = time.monotonic()
        problem = inject(bench, kind)
        wrong += [problem] if problem else []
        tell(f"{problem or kind.value + ': found'} ({time.monotonic() - began:.1f} s)")
        bench.heal()
    return wrong


def quiet_rounds(bench: Bench, count: int) -> list[str]:
    """What checks found of a lab at rest."""
    return [f"round {number}: {found}" for number in range(count) if (found := bench.restless())]


def rollout_rounds(bench: Bench, count: int) -> tuple[list[str], int]:
    """What checks found while pushes were under way that counts, and how many checks there were."""
    wrong, checks = [], 0
    for number in range(count):
        bench.site(word=f"rollout {number}")
        push = threading.Thread(target=bench.push)
        before = bench.probe.stat().st_ino
        push.start()
        # before it writes, what differs from the inventory is drift, whatever somebody is about to do
        bench.until(lambda: bench.probe.stat().st_ino != before, lambda: "the push did not begin")  # noqa: B023
        while push.is_alive():
            checks += 1
            wrong += [f"rollout {number}: {found}" for found in bench.counted()]
        push.join()
    bench.age()
    bench.rest()
    return wrong, checks


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("times", type=int, help="how often each kind of drift is made")
    parser.add_argument("--quiet", type=int, default=0, help="checks of a lab at rest")
    parser.add_argument("--rollouts", type=int, default=0, help="pushes during which is checked")
    parser.add_argument("--only", action="append", type=Drift, help="this kind alone; may be repeated")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, Bench.opened(Path(folder)) as bench:
        quiet = quiet_rounds(bench, given.quiet)
        print(f"{given.quiet} checks at rest: {len(quiet)} false", *quiet, sep="\n  ", flush=True)
        during, checks = rollout_rounds(bench, given.rollouts)
        print(
            f"{checks} checks during {given.rollouts} pushes: {len(during)} false",
            *during,
            sep="\n  ",
            flush=True,
        )
        kinds = list(given.only or INJECTIONS) * given.times
        wrong = try_kinds(bench, kinds, lambda text: print(text, flush=True))
        print(f"{len(kinds) - len(wrong)} of {len(kinds)} found by name", *wrong, sep="\n  ")
    return int(bool(quiet or during or wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
