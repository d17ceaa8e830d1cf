from __future__ import annotations

import pytest
from tests.fakes.judged_kubelets import HEADER, judged, moment

from podwright.validation.kubelet.document import ConfigFiles, DropIn
from podwright.validation.kubelet.judge import judge_config
from podwright.validation.kubelet.verdict import Host


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"# nothing\n",
        b"[1]",
        b"a: [",
        b"kind: KubeletConfiguration\n",
        b"apiVersion: kubelet.config.k8s.io/v1beta1\n",
        b"apiVersion: v1\nkind: Pod\n",
    ],
)
def test_what_is_no_configuration_ends_the_kubelet(content: bytes) -> None:
    assert not judge_config(ConfigFiles(content), 36).passes_trial


def test_the_kind_of_a_main_file_is_found_by_any_case_of_its_name() -> None:
    """Source: apimachinery pkg/runtime/serializer/json `Interpret`; of a drop-in by the right one alone."""
    files = ConfigFiles(HEADER.replace("kind", "Kind").encode())
    assert judge_config(files, 36).starts
    files = ConfigFiles(HEADER.encode(), (DropIn("a.conf", HEADER.replace("kind", "Kind").encode()),))
    assert not judge_config(files, 36).passes_trial


@pytest.mark.parametrize(
    ("field", "expected"),
    [("syncFrequency", "trial"), ("imageMaximumGCAge", "trial"), ("cpuCFSQuotaPeriod", ""), ("maxPods", "")],
)
def test_only_an_optional_duration_may_be_null_in_the_main_file(field: str, expected: str) -> None:
    assert moment(f"{field}: null") == expected
    assert moment("", f"{field}: null") == ""


def test_a_kubelet_without_files_runs_on_defaults() -> None:
    assert judge_config(ConfigFiles(), 36).starts


def test_a_later_drop_in_wins_and_maps_merge() -> None:
    config = judged("featureGates: {A: true}", "featureGates: {B: true}\nmaxPods: 90", "maxPods: 80").config
    assert config["featureGates"] == {"A": True, "B": True}
    assert config["maxPods"] == 80


def test_null_in_a_drop_in_brings_the_default_back() -> None:
    assert judged("maxPods: 90", "maxPods: null").config["maxPods"] == 110


def test_an_empty_map_outlives_a_drop_in_folder() -> None:
    assert judged("evictionHard: {}", "maxPods: 5").config["evictionHard"] == {}


def test_a_drop_in_folder_changes_what_an_empty_list_means_since_1_32() -> None:
    main = "cgroupsPerQOS: false\nenforceNodeAllocatable: []"
    assert [moment(main, "maxPods: 90", minor=minor) for minor in (31, 32)] == ["", "trial"]
    warning = next(iter(judged(main, "maxPods: 90").warnings))
    assert (warning.message, warning.hint) == (
        "`enforceNodeAllocatable` is an empty list, which a drop-in folder turns into the default `[pods]`",
        "write `[none]`",
    )


def test_a_drop_in_meets_the_defaults_that_the_main_file_got() -> None:
    assert moment("maxParallelImagePulls: 5") == ""
    assert moment("", "maxParallelImagePulls: 5") == "trial"


def test_a_drop_in_with_another_case_must_fit_but_only_counts_behind_the_right_one() -> None:
    assert moment("", "MaxPods: many") == "trial"
    assert judged("", "MaxPods: 90").config["maxPods"] == 110
    assert judged("", "maxpods: 90").config["maxPods"] == 90


@pytest.mark.parametrize(
    ("content", "before", "since"),
    [
        ("apiVersion: v1\nkind: Pod\n", True, False),
        ("kind: KubeletConfiguration\n", True, False),
        ("apiVersion: kubelet.config.k8s.io/v1beta1\n", False, False),
        (f"{HEADER}maxPods: 1\nmaxPods: 2\n", False, False),
    ],
)
def test_a_drop_in_is_read_strictly_and_since_1_32_only_if_it_is_ours(
    content: str, before: bool, since: bool
) -> None:
    """Source: `mergeKubeletConfigurations` and `DecodeKubeletConfigurationIntoJSON`."""
    files = ConfigFiles(HEADER.encode(), (DropIn("a.conf", content.encode()),))
    assert [judge_config(files, minor).passes_trial for minor in (31, 32, 36)] == [before, since, since]


@pytest.mark.parametrize(
    ("main", "drop_in", "before", "since"),
    [
        # the defaults are not asked again
        ("", "port: 0", "trial", ""),
        ("", "hairpinMode: ''", "trial", ""),
        ("", "containerRuntimeEndpoint: ''", "trial", ""),
        ("", "syncFrequency: 0s", "start", ""),
        # a null is merged with nothing: the main file's field has another name by then
        ("maxPods: -1", "maxPods: null", "trial", ""),
    ],
)
def test_drop_ins_were_merged_otherwise_before_1_32(main: str, drop_in: str, before: str, since: str) -> None:
    assert [moment(main, drop_in, minor=minor) for minor in (31, 32)] == [before, since]


def test_a_gate_of_the_main_file_that_is_locked_otherwise_is_not_mended_by_a_drop_in() -> None:
    """Since 1.32 the defaults ask the gates, and a kubelet panics there (`SetDefaults_KubeletConfiguration`)."""
    main, mend = (
        "featureGates: {TopologyManagerPolicyOptions: false}",
        "featureGates: {TopologyManagerPolicyOptions: true}",
    )
    assert [moment(main, mend, minor=minor) for minor in (31, 32)] == ["", "trial"]


def test_eviction_that_a_drop_in_takes_away_does_not_come_back() -> None:
    """Source: `loadConfigFile`, which alone sets it."""
    assert judged("", "maxPods: 5").config["evictionHard"] != {}
    assert "evictionHard" not in judged("", "evictionHard: null").config


def test_a_kubelet_without_a_main_file_lets_everybody_in() -> None:
    """Source: cmd/kubelet/app/options `applyLegacyDefaults`."""
    alone = judge_config(ConfigFiles(None, (DropIn("a.conf", HEADER.encode()),)), 36, Host(kubeconfig=False))
    assert alone.starts
    assert alone.config["authorization"] == {"mode": "AlwaysAllow"}
    assert "evictionHard" not in alone.config


@pytest.mark.parametrize(
    ("path", "read"),
    [("a.conf", True), (".a.conf", True), ("b/a.conf", True), ("a.conf.bak", False), ("a.yaml", False)],
)
def test_which_files_of_the_folder_count(path: str, read: bool) -> None:
    files = ConfigFiles(HEADER.encode(), (DropIn(path, b""),))
    assert judge_config(files, 36).passes_trial is not read


def test_what_no_kubelet_refuses_is_warned_about() -> None:
    warnings = [
        warning.message for warning in judged("maxPod: 1\nmaxPods: 1\nmaxPods: 2\n---\nmaxPods: x").warnings
    ]
    assert warnings == [
        "`maxPods` stands twice; the kubelet takes the last",
        "the kubelet reads only the first document of the file",
        "`maxPod` is not a field of a KubeletConfiguration",
    ]


def test_relative_paths_begin_beside_the_main_file_but_those_of_drop_ins_stay() -> None:
    """Source: `resolveRelativePaths`, which loads of a drop-in do not call."""
    text = "staticPodPath: ../pods\npodLogsDir: logs\nauthentication: {x509: {clientCAFile: ca.crt}}"
    config = judge_config(ConfigFiles((HEADER + text).encode(), folder="/etc/kubelet"), 36).config
    assert config["staticPodPath"] == "/etc/pods"
    assert config["podLogsDir"] == "/etc/kubelet/logs"
    assert config["authentication"] == {"x509": {"clientCAFile": "/etc/kubelet/ca.crt"}}
    assert moment("", "podLogsDir: logs") == "trial"
    assert judged("", "staticPodPath: pods").config["staticPodPath"] == "pods"
