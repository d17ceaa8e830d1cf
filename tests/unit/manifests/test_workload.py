"""A workload's file name, and the form that the stamp records."""

import pytest

from podwright.manifests.workload import Workload, in_both_slots, whatever_slot


@pytest.mark.parametrize(
    ("workload", "file_name", "recorded"),
    [
        (Workload("haproxy"), "haproxy.yaml", "haproxy"),
        (Workload("kube-vip.v2"), "kube-vip.v2.yaml", "kube-vip.v2"),
        (Workload("etcd", "blue"), "etcd.blue.yaml", "etcd/blue"),
        (Workload("etcd", slot=2), "etcd+2.yaml", "etcd+2"),
        (Workload("etcd", "blue", 2), "etcd.blue+2.yaml", "etcd/blue+2"),
    ],
)
def test_a_workload_has_one_file_name_and_one_recorded_form(workload, file_name, recorded) -> None:
    assert (workload.file_name, str(workload)) == (file_name, recorded)
    assert Workload.read(recorded) == workload


@pytest.mark.parametrize(
    "text", ["", ".a", "a/", "a/B", "a+1", "a+10", "a/b/c", "a b", "a\n", "../a", "a" * 300]
)
def test_what_is_recorded_in_another_form_is_not_believed(text) -> None:
    assert Workload.read(text) is None


def test_a_person_may_name_the_template_or_its_file() -> None:
    assert Workload.named("haproxy") == Workload.named("haproxy.yaml") == Workload("haproxy")


@pytest.mark.parametrize("name", ["", ".yaml", ".hidden", "-x", "a/b", "a b", "*", "a" * 300])
def test_a_name_that_can_be_no_template_is_refused(name) -> None:
    assert Workload.named(name) is None


def test_a_file_of_either_slot_names_the_workload() -> None:
    first, second = Workload("vip", "a").slots
    assert (first.file_name, second.file_name, second.pod_suffix) == ("vip.a.yaml", "vip.a+2.yaml", "-slot2")
    assert [whatever_slot(one.file_name) for one in (first, second)] == ["vip.a.yaml"] * 2
    assert in_both_slots(["vip.a+2.yaml", "vip.a.yaml"]) == ("vip.a.yaml", "vip.a+2.yaml")
