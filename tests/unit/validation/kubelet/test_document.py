from __future__ import annotations

import pytest
from tests.fakes.judged_kubelets import HEADER, judged, moment

from podwright.validation.kubelet.document import ConfigFiles, DropIn
from podwright.validation.kubelet.judge import judge_config


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
