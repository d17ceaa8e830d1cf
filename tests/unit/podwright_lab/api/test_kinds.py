"""The kinds that are served, as their objects and paths name them."""

import pytest

from podwright_lab.api.api_error import ApiError
from podwright_lab.api.kinds import KINDS, kind_of


@pytest.mark.parametrize(
    ("plural", "kind", "singular", "version", "namespaced"),
    [
        ("pods", "Pod", "pod", "v1", True),
        ("nodes", "Node", "node", "v1", False),
        ("leases", "Lease", "lease", "coordination.k8s.io/v1", True),
        ("priorityclasses", "PriorityClass", "priorityclass", "scheduling.k8s.io/v1", False),
    ],
)
def test_a_kind_by_the_name_in_its_path(plural, kind, singular, version, namespaced):
    found = kind_of(plural)
    assert (found.kind, found.singular, found.api_version, found.namespaced) == (
        kind,
        singular,
        version,
        namespaced,
    )


@pytest.mark.parametrize("plural", ["secrets", "Pod", "pod", ""])
def test_another_name_is_not_found(plural):
    with pytest.raises(ApiError) as caught:
        kind_of(plural)
    assert caught.value.code == 404


def test_short_names_and_kinds_are_unambiguous():
    names = [name for kind in KINDS.values() for name in (kind.plural, kind.singular, *kind.short_names)]
    assert len(names) == len(set(names))


def test_only_pods_count_generations():
    assert [kind.plural for kind in KINDS.values() if kind.counts_generations] == ["pods"]
