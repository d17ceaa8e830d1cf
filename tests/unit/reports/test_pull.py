"""What to add to the inventory is said once, of a group if one has these very nodes."""

from __future__ import annotations

import yaml

from podwright.operations.pull import PulledTemplate
from podwright.reports.pull import entries

GROUPS = {"all": ("cp-1", "cp-2", "w-1"), "control_plane": ("cp-1", "cp-2")}
BOTH = {"cp-1": {}, "cp-2": {}}


def added(*templates: PulledTemplate) -> object:
    return yaml.safe_load(entries(templates, GROUPS))


def test_a_group_of_these_very_nodes_names_the_pods() -> None:
    assert added(PulledTemplate("etcd", "", BOTH), PulledTemplate("kube-apiserver", "", BOTH)) == {
        "control_plane": {"vars": {"static_pods": {"etcd": "present", "kube-apiserver": "present"}}}
    }


def test_otherwise_each_node_does() -> None:
    assert added(PulledTemplate("web", "", {"cp-1": {}, "w-1": {}}, listed=("cp-1",))) == {
        "all": {"hosts": {"w-1": {"static_pods": {"web": "present"}}}}
    }


def test_what_is_named_already_is_not_added() -> None:
    assert added(PulledTemplate("web", "", BOTH, listed=("cp-1", "cp-2"))) is None
