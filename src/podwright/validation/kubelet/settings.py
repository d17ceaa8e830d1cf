"""What is wrong with settings of a kubelet whatever its other files say, so that it is known before any node is reached."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from podwright.validation.kubelet.document import KIND, VERSION, ConfigFiles, DropIn
from podwright.validation.kubelet.gates import is_on, known_gates
from podwright.validation.kubelet.judge import judge_config
from podwright.validation.kubelet.verdict import Host, Moment, Objection

#: with these in its main file nothing that one setting asks of others is missing
_SATISFYING: Mapping[str, object] = {
    "shutdownGracePeriod": "8760h",
    "imageMinimumGCAge": "1ns",
    "imageGCLowThresholdPercent": 0,
    "imageGCHighThresholdPercent": 100,
    "serializeImagePulls": False,
    "imagePullCredentialsVerificationPolicy": "NeverVerifyAllowlistedImages",
    "reservedSystemCPUs": "0",
    "kubeReservedCgroup": "/kube",
    "systemReservedCgroup": "/system",
    "cgroupRoot": "/",
    "cpuManagerPolicy": "static",
    "tlsMinVersion": "VersionTLS13",
    "evictionSoftGracePeriod": dict.fromkeys(
        (
            *("memory.available", "allocatableMemory.available", "pid.available"),
            *(
                f"{fs}.{what}"
                for fs in ("nodefs", "imagefs", "containerfs")
                for what in ("available", "inodesFree")
            ),
        ),
        "1m",
    ),
}
#: that it sums up cannot be told without the others that it is the sum of
_NEVER_CERTAIN = ("reservedMemory",)


def certain_objections(
    settings: Mapping[str, object],
    minors: Iterable[int],
    main: Mapping[str, object] | None = None,
    *,
    kubeconfig: bool | None = None,
) -> tuple[Objection, ...]:
    """The objections of each of these minor versions, whatever the main file has; it has at least `main`."""
    minors = tuple(minors)
    found: dict[str, Objection] = {}
    rest = dict(settings)
    while True:
        certain = _common(_text(rest), _bases(minors, main or {}), kubeconfig)
        found.update((one.message, one) for one in certain if one.message not in found)
        # what a kubelet cannot read hides what else it would refuse
        unreadable = {one.path[0] for one in certain if one.path and one.moment is not Moment.NEVER}
        if unreadable.isdisjoint(rest):
            return tuple(found.values())
        rest = {name: value for name, value in rest.items() if name not in unreadable}


def _bases(minors: tuple[int, ...], main: Mapping[str, object]) -> Iterator[tuple[int, str]]:
    """The main files that may stand beside the settings, with their versions: first those that differ most."""
    oldest, *between = minors
    yield oldest, _text(main)
    if between:
        yield between.pop(), _text(main)
    for minor in reversed(minors):
        gates = {gate: True for gate in known_gates(minor) if is_on(gate, {gate: True}, minor)}
        yield minor, _text({**main, **_SATISFYING, "featureGates": gates})
    for minor in between:
        yield minor, _text(main)


def _common(text: str, bases: Iterable[tuple[int, str]], kubeconfig: bool | None) -> tuple[Objection, ...]:
    """Those of the first that all the others make too; once there are none the rest of them is not asked."""
    common: tuple[Objection, ...] | None = None
    for minor, base in bases:
        objections = _objections(text, base, minor, kubeconfig)
        if common is None:
            common = tuple(one for one in objections if one.path != _NEVER_CERTAIN)
        else:
            messages = {one.message for one in objections}
            common = tuple(one for one in common if one.message in messages)
        if not common:
            break
    return common or ()


def _text(fields: Mapping[str, object]) -> str:
    return json.dumps({**fields, "apiVersion": VERSION, "kind": KIND}, default=str)


@cache
def _objections(text: str, main: str, minor: int, kubeconfig: bool | None) -> tuple[Objection, ...]:
    files = ConfigFiles(main.encode(), (DropIn("90-podwright.conf", text.encode()),))
    return judge_config(files, minor, Host(kubeconfig=kubeconfig)).objections
