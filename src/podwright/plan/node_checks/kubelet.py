"""Checks of the kubelet and its runtime: whether they run, would run again, and agree with each other and the inventory."""

from __future__ import annotations

from podwright.plan.facts import Certificate
from podwright.plan.kubelet_state import Setting, Unit
from podwright.plan.node_checks.check import (
    BOTH,
    STATIC,
    Check,
    Judged,
    Result,
    Severity,
    Subject,
    held,
    in_inventory,
    known,
    not_applicable,
    setting,
    unknown,
)
from podwright.plan.observed import FolderState
from podwright.plan.unknown_fact import Unknown
from podwright.validation.kubelet.durations import seconds_of
from podwright.validation.versions import minor_of

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
#: the start of a process is known to the second, and from a boot that is so too
_ROUNDED = 2
#: of a kubelet, and of k3s and RKE2
_CLIENT_CERTIFICATES = ("/kubelet-client-current.pem", "/agent/client-kubelet.crt")
_MANY_RESTARTS, _SLOW_SECONDS, _WEEK_SECONDS = 5, 60, 7 * 86_400


def _running(subject: Subject) -> Judged:
    kubelet = subject.facts.kubelet
    if subject.observation.kubelet.doubt is not None:
        return unknown(kubelet.problem)
    return held(
        kubelet.running, f"pid {kubelet.pid}" if kubelet.running else kubelet.problem, "a kubelet that runs"
    )


def _unit(subject: Subject) -> Unit | Judged:
    unit = subject.facts.kubelet.unit
    return unknown(unit.reason) if isinstance(unit, Unknown) else unit


def _enabled(subject: Subject) -> Judged:
    unit = _unit(subject)
    if isinstance(unit, Judged):
        return unit
    if unit.enabled == "unknown":
        return unknown("its service manager does not tell")
    good = unit.enabled in ("enabled", "enabled-runtime", "static", "generated", "alias")
    return held(good, unit.enabled, "enabled", unit.name)


def _restarts(subject: Subject) -> Judged:
    unit = _unit(subject)
    if isinstance(unit, Judged):
        return unit
    return known(
        unit.restarts, lambda count: held(count < _MANY_RESTARTS, count, f"below {_MANY_RESTARTS}", unit.name)
    )


def _reloaded(subject: Subject) -> Judged:
    unit = _unit(subject)
    if isinstance(unit, Judged):
        return unit
    seen = "its unit file has changed since" if unit.needs_reload else "as its unit file says"
    return held(not unit.needs_reload, seen, "as its unit file says", unit.name)


def _older_than_configuration(subject: Subject) -> Judged:
    """What was written after the kubelet started has no effect yet."""
    kubelet, config = subject.facts.kubelet, subject.facts.kubelet.config
    if isinstance(kubelet.started, Unknown):
        return unknown(kubelet.started.reason)
    if isinstance(config, Unknown):
        return unknown(config.reason)
    named = {one.source for one in config.values() if one.source.startswith("/")}
    units = kubelet.unit.files if isinstance(kubelet.unit, Unit) else ()
    newer = [
        one.path
        for one in subject.facts.files
        if one.path in {*named, *units} and one.modified > kubelet.started + _ROUNDED
    ]
    return held(
        not newer, ", ".join(newer) or "none is newer", "files older than its process", ", ".join(newer)
    )


def _valid(subject: Subject) -> Judged:
    """By its own program, which does not tell all that ends it, and by the rules of its version."""
    trial, objections = subject.facts.kubelet.trial, subject.facts.kubelet.objections
    refused = (trial,) if isinstance(trial, str) and trial else ()
    if isinstance(objections, Unknown) and not refused:
        return unknown(objections.reason)
    found = (*refused, *(() if isinstance(objections, Unknown) else objections))
    by = "the node's own kubelet" if isinstance(trial, str) else "the rules of its version"
    return held(not found, "; ".join(found) or "none", "a configuration that it starts with", by)


def _folder_agrees(subject: Subject) -> Judged:
    kubelet, wanted = subject.facts.kubelet, subject.node.settings.manifest_dir
    told = kubelet.static_pod_path
    if isinstance(told, Unknown):
        if not kubelet.running:
            return unknown(told.reason)
        return held(good=False, seen="none", expected=wanted or "a folder", source="staticPodPath")
    same = wanted is None or wanted.rstrip("/") == told.rstrip("/")
    return held(same, told, wanted or "a folder", subject.observation.kubelet.source)


def _folder_usable(subject: Subject) -> Judged:
    state, folder = subject.observation.folder_state, subject.observation.folder
    if state in (FolderState.UNKNOWN, FolderState.UNREADABLE):
        return unknown(f"the folder {folder or 'of manifests'} could not be read")
    return held(state is FolderState.USABLE, state.value, FolderState.USABLE.value, folder)


def _frequency(subject: Subject) -> Judged:
    def judge(found: Setting) -> Judged:
        period = seconds_of(str(found.value))
        return held(period is not None and period <= _SLOW_SECONDS, found.value, "at most 60s", found.source)

    return known(setting(subject.facts, "fileCheckFrequency", default="20s"), judge)


def _version(subject: Subject) -> Judged:
    """Manifests are judged for the version that the inventory says."""
    wanted = subject.node.settings.kubernetes_version

    def judge(version: str) -> Judged:
        same = minor_of(version) == minor_of(wanted)
        return held(same, version, f"{wanted}", "podwright_kubernetes_version")

    return (
        known(subject.facts.kubelet.version, judge) if wanted else not_applicable("the inventory names none")
    )


def _client_certificate(subject: Subject) -> Judged:
    """One that has expired ends no kubelet that runs, and every one that starts."""
    if subject.facts.kubelet.standalone is True:
        return not_applicable("it asks no API")

    config = subject.facts.kubelet.config
    kubeconfig = None if isinstance(config, Unknown) else config.get("--kubeconfig")
    names = (*_CLIENT_CERTIFICATES, *((str(kubeconfig.value),) if kubeconfig else ()))

    def judge(found: tuple[Certificate, ...]) -> Judged:
        mine = next((one for name in names for one in found if one.path.endswith(name)), None)
        if mine is None:
            return unknown("it has no kubelet-client-current.pem that the login may read")
        left = mine.seconds_left
        result = Result.FAIL if left <= 0 else Result.WARN if left < _WEEK_SECONDS else Result.PASS
        return Judged(result, f"until {mine.not_after}", "valid for 7 days or more", mine.path)

    return known(subject.facts.certificates, judge)


CHECKS = (
    Check("kubelet-running", _ERROR, BOTH, "no kubelet runs", "nothing reads manifests", "`systemctl start kubelet`",
    _running, "services: {kubelet: {started: true}}"),
    Check(
        "kubelet-enabled", _WARNING, BOTH, "the kubelet is not started at a boot", "after a reboot no static pod runs",
        "`systemctl enable kubelet`", _enabled, "services: {kubelet: {enabled: true}}",
    ),
    Check(
        "kubelet-restarts", _WARNING, BOTH, "the kubelet was restarted often",
        "it crashes, and each time pods are not watched",
        "`journalctl -u kubelet`", _restarts,
    ),
    Check(
        "kubelet-unit-changed", _WARNING, BOTH, "the kubelet's unit file has changed since it was read",
        "its next start differs from the one that is known to work", "`systemctl daemon-reload`", _reloaded,
    ),
    Check(
        "kubelet-older-than-configuration", _WARNING, BOTH, "the kubelet is older than its configuration",
        "what was changed has no effect yet, and its next start may fail", "`systemctl restart kubelet`",
        _older_than_configuration,
    ),
    Check(
        "kubelet-version", _WARNING, BOTH, "the kubelet's version is not the inventory's",
        "manifests are judged for another kubelet than runs them",
        "correct `podwright_kubernetes_version`, or update the kubelet",
        _version,
    ),
    Check(
        "kubelet-configuration", _ERROR, BOTH, "the kubelet would not start with its configuration",
        "it runs until it is restarted, then never again", "correct what is named", _valid,
    ),
    Check(
        "kubelet-client-certificate", _ERROR, BOTH, "the kubelet's client certificate has expired or soon will",
        "a kubelet that is restarted with it never comes back",
        "`kubeadm init phase kubeconfig kubelet`, or a bootstrap token",
        _client_certificate,
    ),
    Check(
        "static-pod-path", _ERROR, STATIC, "the kubelet reads another folder than the inventory says",
        "manifests would be written where nobody reads them", "correct `podwright_manifest_dir`, or `staticPodPath`",
        _folder_agrees, in_inventory("staticPodPath: FOLDER"),
    ),
    Check(
        "static-pod-folder", _ERROR, STATIC, "the folder of manifests cannot be used", "nothing can be written there",
        "make it a folder that root alone may write to", _folder_usable, "directories: {FOLDER: {mode: '0700'}}",
    ),
    Check(
        "file-check-frequency", _WARNING, STATIC, "the kubelet reads its folder seldom",
        "what inotify misses takes that long", "set `fileCheckFrequency: 20s`", _frequency,
        in_inventory("fileCheckFrequency: 20s"),
    ),
)  # fmt: skip
