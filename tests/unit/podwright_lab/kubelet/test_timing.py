"""The kubelet's constants, and a jitter that can be repeated."""

import pytest

from podwright_lab.kubelet.timing import Jitter, Timing


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("relist_files", 20),
        ("housekeeping", 2),
        ("status_tick", 10),
        ("relist_containers", 1),
        ("resync", 60),
        ("back_off", 10),
        ("crash_back_off", 10),
        ("crash_back_off_limit", 300),
        ("minimum_grace", 2),
    ],
)
def test_the_constants_are_those_of_a_default_kubelet(name, seconds):
    assert getattr(Timing(), name) == seconds


@pytest.mark.parametrize(("factor", "most"), [(0.5, 15.0), (0.1, 11.0), (0.0, 10.0)])
def test_a_wait_is_prolonged_by_a_share_and_never_shortened(factor, most):
    jitter = Jitter(1)
    waits = [jitter.prolong(10.0, factor) for _ in range(200)]
    assert 10.0 <= min(waits) <= max(waits) <= most
    assert (len(set(waits)) > 1) is (factor > 0)


def test_a_phase_is_anywhere_within():
    jitter = Jitter(1)
    phases = [jitter.within(2.0) for _ in range(200)]
    assert 0.0 <= min(phases) < 0.5
    assert 1.5 < max(phases) < 2.0


def test_the_same_seed_draws_the_same():
    def drawn(seed):
        jitter = Jitter(seed)
        return jitter.prolong(10.0), jitter.identifier(), jitter.within(1.0)

    assert drawn("a") == drawn("a") != drawn("b")


@pytest.mark.parametrize("digits", [8, 64])
def test_an_identifier_has_as_many_digits_as_wanted(digits):
    found = {Jitter(seed).identifier(digits) for seed in range(50)}
    assert {len(identifier) for identifier in found} == {digits}
    assert len(found) == 50
    assert set("".join(found)) <= set("0123456789abcdef")
