"""The rules and the trial together must say what real kubelets of 1.31 to 1.36 did with each configuration."""

from __future__ import annotations

from tests.conformance.kubelet_configs import rows


def test_every_recorded_kubelet_is_judged_as_it_behaved() -> None:
    recorded = rows()
    wrong = [row for row in recorded if row.judged != row.outcome]
    agree = len(recorded) - len(wrong)
    print(f"kubelet configurations: {agree} of {len(recorded)} agree ({agree / len(recorded):.1%})")
    assert len(recorded) == 881
    assert not wrong
