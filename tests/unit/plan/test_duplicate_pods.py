"""Whose the other file of a pod is, and what ends that there are two."""

from __future__ import annotations

import shlex

import pytest
from tests.fakes.nouns import manifest, observation, observed_file, pod_text, written

from podwright.plan.duplicate_pods import defined_twice
from podwright.plan.reasons import Conflict
from podwright.plan.words import hint, message

WEB = manifest()
BEFORE = manifest("web", template="before")


@pytest.mark.parametrize(
    ("other", "whose"),
    [
        (observed_file("zz.yaml", WEB.text(1)), "a copy of podwright's `web.yaml`"),
        (observed_file("zz.yaml", pod_text()), "not podwright's"),
        (observed_file("zz.yaml", pod_text(), noted=True), "taken over by podwright"),
        (observed_file("web.yaml~", WEB.text(1)), "a backup of podwright's `web.yaml`"),
        (observed_file("web.yaml.bak", pod_text()), "a backup that podwright did not write"),
        (written(BEFORE), "podwright's own"),
    ],
)
def test_whose_the_other_file_is_and_where_it_lies(other, whose) -> None:
    seen = observation(written(WEB), other)
    reason = defined_twice(WEB.pod, "web.yaml", [other.name], seen)
    assert message(reason) == (
        f"`{other.name}` ({whose}) in `/etc/kubernetes/manifests` also defines the pod `default/web`"
    )
    path = shlex.quote(f"/etc/kubernetes/manifests/{other.name}")
    assert hint(reason).endswith(f"on the node: `mv -i {path} /etc/kubernetes/`")


def test_the_workload_that_had_the_pod_before_is_removed_as_any_other() -> None:
    reason = defined_twice(WEB.pod, "web.yaml", ["before.yaml"], observation(written(BEFORE)))
    assert reason.kind is Conflict.POD_OF_OTHER_WORKLOAD
    assert hint(reason).startswith("`podwright manifest remove before --limit n1` removes that first; ")


def test_the_workload_is_named_by_its_template_whichever_slot_has_the_pod() -> None:
    beside = BEFORE.in_slot(2, kubernetes_version=None)
    reason = defined_twice(beside.pod, "web.yaml", [beside.file_name], observation(written(beside)))
    assert hint(reason).startswith("`podwright manifest remove before --limit n1` removes that first; ")
    assert ("command", "manifest remove before") in reason.data


def test_no_name_of_a_file_is_read_by_the_shell() -> None:
    other = observed_file("a b; reboot", pod_text())
    seen = observation(written(WEB), other, folder="/manifests")
    assert hint(defined_twice(WEB.pod, "web.yaml", [other.name], seen)).endswith(
        "`mv -i '/manifests/a b; reboot' /`"
    )
