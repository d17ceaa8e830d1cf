"""Probes and lifecycle hooks. Source: `validateProbe` and its kin, `validateLifecycle`, `validateHandler`."""

from __future__ import annotations

from podwright.pods.go_fields import Record, child, each, number, text, texts
from podwright.pods.go_values import Path
from podwright.validation.checks import names
from podwright.validation.checks.enums import check_choice
from podwright.validation.findings import Report, shown
from podwright.validation.versions import Behaviour

_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_PROBE_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
_HOOK_HANDLERS = ("exec", "httpGet", "tcpSocket", "sleep")
_COUNTS = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")
_WINDOWS_SIGNALS = frozenset(["SIGKILL", "SIGTERM"])


def check_probes(container: Record, path: Path, report: Report) -> None:
    for name in _PROBES:
        if name in container:
            _check_probe(child(container, name), name, (*path, name), report)


def _check_probe(probe: Record, name: str, path: Path, report: Report) -> None:
    _check_handler(probe, _PROBE_HANDLERS, path, rule="probe", grace_seconds=0, report=report)
    for count in _COUNTS:
        if number(probe, count) < 0:
            report.add("probe", (*path, count), f"is {number(probe, count)}, but must not be negative")
    if name != "readinessProbe" and number(probe, "successThreshold") not in {0, 1}:
        report.add(
            "probe", (*path, "successThreshold"), f"is {number(probe, 'successThreshold')}, but must be 1"
        )
    if "terminationGracePeriodSeconds" in probe:
        _check_probe_grace(probe, name, (*path, "terminationGracePeriodSeconds"), report)


def _check_probe_grace(probe: Record, name: str, path: Path, report: Report) -> None:
    if name == "readinessProbe":
        report.add("probe", path, "may not be set for a readiness probe")
    if number(probe, "terminationGracePeriodSeconds") <= 0:
        report.add("probe", path, f"is {number(probe, 'terminationGracePeriodSeconds')}, but must be above 0")


def check_lifecycle(container: Record, grace_seconds: int, os: str, path: Path, report: Report) -> None:
    lifecycle = child(container, "lifecycle")
    for name in ("postStart", "preStop"):
        if name in lifecycle:
            here = (*path, "lifecycle", name)
            _check_handler(
                child(lifecycle, name),
                _HOOK_HANDLERS,
                here,
                rule="lifecycle",
                grace_seconds=grace_seconds,
                report=report,
            )
    if "stopSignal" in lifecycle:
        _check_stop_signal(text(lifecycle, "stopSignal"), os, (*path, "lifecycle", "stopSignal"), report)


def _check_stop_signal(signal: str, os: str, path: Path, report: Report) -> None:
    if not os:
        report.add("lifecycle", path, "needs `spec.os.name` to be set")
    elif os == "windows" and signal not in _WINDOWS_SIGNALS:
        report.add("lifecycle", path, "must be `SIGKILL` or `SIGTERM` for a Windows pod")
    elif signal not in LINUX_SIGNALS:
        report.add("lifecycle", path, f"is {shown(signal)}, which is not a signal of Linux")


def _check_handler(
    handler: Record, kinds: tuple[str, ...], path: Path, *, rule: str, grace_seconds: int, report: Report
) -> None:
    given = [kind for kind in kinds if kind in handler]
    if not given:
        report.add(rule, path, f"must name one of {', '.join(f'`{kind}`' for kind in kinds)}")
        return
    for extra in given[1:]:
        report.add(rule, (*path, extra), f"may not be set together with `{given[0]}`")
    kind, here = given[0], (*path, given[0])
    action = child(handler, kind)
    if kind == "exec" and not texts(action, "command"):
        report.add(rule, (*here, "command"), "is missing or empty")
    if kind == "httpGet":
        _check_http(action, here, rule, report)
    if kind in {"tcpSocket", "grpc"}:
        _check_port(action, here, rule, report)
    if kind == "sleep":
        _check_sleep(number(action, "seconds"), grace_seconds, (*here, "seconds"), rule, report)


def _check_port(action: Record, path: Path, rule: str, report: Report) -> None:
    report.add(rule, (*path, "port"), names.port_reference(action.get("port")))


def _check_http(action: Record, path: Path, rule: str, report: Report) -> None:
    _check_port(action, path, rule, report)
    check_choice(action, "scheme", ("HTTP", "HTTPS"), path, rule=rule, report=report)
    for here, header in each(action, "httpHeaders", path):
        report.add(rule, here, names.header_name(text(header, "name")))


def _check_sleep(seconds: int, grace_seconds: int, path: Path, rule: str, report: Report) -> None:
    least = 0 if report.does(Behaviour.SLEEP_ZERO) else 1
    if not least <= seconds <= grace_seconds:
        report.add(
            rule,
            path,
            f"is {seconds}, but must be from {least} to the grace period of {grace_seconds} seconds",
        )


_NAMED = (
    "ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP "
    "TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX"
)
LINUX_SIGNALS = frozenset(
    [f"SIG{name}" for name in _NAMED.split()]
    + [f"SIGRTMIN+{offset}" for offset in range(1, 16)]
    + [f"SIGRTMAX-{offset}" for offset in range(1, 15)]
)
