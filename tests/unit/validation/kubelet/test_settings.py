"""Settings that are judged before any node is reached: what another file could make good is not refused."""

from __future__ import annotations

import json

import pytest

from podwright.validation import go_types
from podwright.validation.kubelet import settings as settings_module
from podwright.validation.kubelet.document import KIND, VERSION, ConfigFiles, DropIn
from podwright.validation.kubelet.judge import judge_config
from podwright.validation.kubelet.settings import certain_objections
from podwright.validation.kubelet.verdict import ConfigVerdict, Host
from podwright.validation.versions import DEFAULT_MINOR, OLDEST_MINOR

ALL = range(OLDEST_MINOR, DEFAULT_MINOR + 1)


def messages(settings: dict[str, object], minors: range = ALL) -> list[str]:
    return sorted(one.message.split()[0].strip("`") for one in certain_objections(settings, minors))


def test_all_that_is_wrong_is_told_at_once_though_one_of_them_cannot_be_read() -> None:
    settings: dict[str, object] = {
        "maxPods": "many",
        "logging": {"verbosity": "high"},
        "imageGCHighThresholdPercent": 120,
        "evictionHard": {"memory.availible": "1Gi"},
        "containerLogMaxSize": "ten",
        "maxPodz": 5,
        "authentication": {"anonymus": {"enabled": False}},
    }
    assert messages(settings) == [
        "authentication.anonymus",
        "containerLogMaxSize",
        "evictionHard",
        "imageGCHighThresholdPercent",
        "logging.verbosity",
        "maxPods",
        "maxPodz",
    ]


@pytest.mark.parametrize(
    ("settings", "main"),
    [
        ({"shutdownGracePeriodCriticalPods": "10s"}, {"shutdownGracePeriod": "30s"}),
        ({"evictionSoft": {"memory.available": "1Gi"}}, {"evictionSoftGracePeriod": {"memory.available": "1m"}}),
        ({"cpuManagerPolicy": "static"}, {"kubeReserved": {"cpu": "1"}}),
        (
            {"cpuManagerPolicyOptions": {"full-pcpus-only": "true"}},
            {"cpuManagerPolicy": "static", "kubeReserved": {"cpu": "1"}},
        ),
        ({"enforceNodeAllocatable": ["pods", "kube-reserved"]}, {"kubeReservedCgroup": "/kube"}),
        ({"maxParallelImagePulls": 5}, {"serializeImagePulls": False}),
        ({"imageMaximumGCAge": "1m"}, {"imageMinimumGCAge": "10s"}),
        ({"imageGCHighThresholdPercent": 50}, {"imageGCLowThresholdPercent": 40}),
        ({"systemCgroups": "/system"}, {"cgroupRoot": "/"}),
        ({"reservedSystemCPUs": "0-1"}, {}),
        ({"tlsCipherSuites": ["TLS_AES_128_GCM_SHA256"]}, {"tlsMinVersion": "VersionTLS13"}),
        ({"shutdownGracePeriodByPodPriority": [{"priority": 0, "shutdownGracePeriodSeconds": 5}]}, {}),
        ({"cpuCFSQuotaPeriod": "5ms"}, {"featureGates": {"CustomCPUCFSQuotaPeriod": True}}),
        ({"logging": {"options": {"text": {"splitStream": True}}}}, {"featureGates": {"LoggingAlphaOptions": True}}),
        (
            {
                "memoryManagerPolicy": "Static",
                "reservedMemory": [{"numaNode": 0, "limits": {"memory": "600Mi"}}],
                "evictionHard": {"memory.available": "100Mi"},
            },
            {"kubeReserved": {"memory": "500Mi"}},
        ),
    ],
)  # fmt: skip
def test_what_the_main_file_can_make_good_is_no_objection(
    settings: dict[str, object], main: dict[str, object]
) -> None:
    def text(fields: dict[str, object]) -> bytes:
        return json.dumps({"apiVersion": VERSION, "kind": KIND, **fields}).encode()

    for minor in ALL:
        # it is as the test says
        assert judge_config(ConfigFiles(text(main), (DropIn("90.conf", text(settings)),)), minor).starts
    assert certain_objections(settings, ALL) == ()


def test_what_only_some_versions_refuse_is_told_of_the_version_that_is_declared() -> None:
    settings: dict[str, object] = {"runOnce": True, "showHiddenMetricsForVersion": "1.34"}
    assert messages(settings) == []
    assert messages(settings, range(36, 37)) == ["runOnce", "showHiddenMetricsForVersion"]


def test_a_kubelet_without_a_cluster_asks_no_api() -> None:
    wrong = certain_objections(
        {"authorization": {"mode": "Webhook"}},
        ALL,
        {"authorization": {"mode": "AlwaysAllow"}},
        kubeconfig=False,
    )
    assert [one.path for one in wrong] == [
        ("authorization", "mode"),
        ("authentication", "webhook", "enabled"),
    ]


def test_of_settings_that_one_version_takes_no_other_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def judged(files: ConfigFiles, minor: int, host: Host) -> ConfigVerdict:
        asked.append(minor)
        return judge_config(files, minor, host)

    monkeypatch.setattr(settings_module, "judge_config", judged)
    assert certain_objections({"providerID": "x://asked-once", "maxPods": 40}, ALL) == ()
    assert asked == [OLDEST_MINOR]
    asked.clear()
    # of a field that came with a later version the newest is asked next
    policy = {"providerID": "x://a", "imagePullCredentialsVerificationPolicy": "NeverVerify"}
    assert certain_objections(policy, ALL) == ()
    assert asked == [OLDEST_MINOR, DEFAULT_MINOR]
    asked.clear()
    assert certain_objections({"providerID": "x://b", "cpuManagerPolicy": "static"}, ALL) == ()
    assert asked == [OLDEST_MINOR, DEFAULT_MINOR, DEFAULT_MINOR]


def test_what_a_field_of_another_version_was_meant_to_be_is_not_guessed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    guessed: list[str] = []
    monkeypatch.setattr(go_types, "did_you_mean", lambda name, _candidates: guessed.append(name) or "")
    text = json.dumps({"apiVersion": VERSION, "kind": KIND, "maxPodz": 5}).encode()
    judge_config(ConfigFiles(None, (DropIn("90.conf", text),)), OLDEST_MINOR)
    assert set(guessed) == {"maxPodz"}
