"""What a node's run comes to when one of its steps fails between renames."""

from __future__ import annotations

from tests.fakes.copies import replace
from tests.fakes.nouns import manifest
from tests.fakes.shell_host import stand_in
from tests.unit.operations.conftest import SETTINGS
from tests.unit.operations.test_converge import converge, runs_already

from podwright.operations.converge import apply_plan
from podwright.operations.prepare import prepare
from podwright.operations.report import Status

#: of pods that end soon: what is taken back is not proven before the new one has had the time to end
SOON = "  terminationGracePeriodSeconds: 1\n"
WEB, NEXT = (manifest(image=f"example.com/web:{number}", extra=SOON) for number in (1, 2))


def test_what_was_changed_before_a_step_failed_is_taken_back_and_proven(site) -> None:
    other = manifest("other")
    site.place(other)
    runs_already(site, WEB)
    stand_in(site.host.bin, "mv", 'case "$*" in *other.yaml) exit 1 ;; esac; /bin/mv "$@"')
    desired = site.desired(NEXT, manifest("other", image="example.com/other:2"))
    outcome = converge(site, desired)
    assert outcome.status is Status.FAILED
    assert [entry.what for entry in outcome.value.applied] == ["written", "restored"]
    assert [health.proven for health in outcome.value.healths] == [True]
    assert site.file() == WEB.text(1)
    assert "taken back and proven: `web.yaml`" in outcome.warnings[0]
    assert [problem.message for problem in outcome.problems] == [
        "the step `write` failed on the node: other.yaml"
    ]


def test_what_was_taken_back_and_does_not_run_again_is_told(site) -> None:
    soon = replace(SETTINGS, timeout=3)
    site.place(manifest("other"))
    runs_already(site, WEB)
    stand_in(site.host.bin, "mv", 'case "$*" in *other.yaml) exit 1 ;; esac; /bin/mv "$@"')
    desired = site.desired(NEXT, manifest("other", image="example.com/other:2"))
    with site.when_written(NEXT.text(2), site.show):
        prepared = prepare(desired, site.host, site.world, soon)
        site.show()
        outcome = apply_plan(prepared, site.host, site.world, soon)
    assert outcome.status is Status.FAILED
    assert any("`default/web-n1` is not proven ready" in entry.message for entry in outcome.problems)
