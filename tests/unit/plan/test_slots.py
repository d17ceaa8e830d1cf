"""In which slot a workload lies, in which it goes, and why its two generations cannot run side by side."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, observation, observed_file, pod_text, running, written

from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import Workload
from podwright.plan.compare import compare
from podwright.plan.slots import obstacle, placed, with_second_slots
from podwright.plan.stages import make_plan

OLD, NEW = manifest(), manifest(image="example.com/web:2")
OLD_2, NEW_2 = OLD.in_slot(2), NEW.in_slot(2)


def stages(desired, *files, surge=True, restart=False, pods=()) -> list[list[str]]:
    look = observation(*files, pods=pods)
    where = placed([desired], (), look, surging=("web.yaml",) if surge else (), restart=restart)
    changes = compare(
        where.manifests, where.absent, look, restart=restart, beside=where.beside, ending=where.ending
    )
    plan = make_plan("n1", changes)
    return [
        [f"{change.action} {change.name} {change.subject.generation}".removesuffix(" 0") for change in stage.changes]
        for stage in plan.stages
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("desired", "files", "expected"),
    [
        (NEW, [], [["create web.yaml 1"]]),
        (OLD, [written(OLD)], [["keep web.yaml 1"]]),
        (OLD, [written(OLD_2, 3)], [["keep web+2.yaml 3"]]),
        (NEW, [written(OLD)], [["create web+2.yaml 2"], ["delete web.yaml"]]),
        (NEW, [written(OLD_2, 7)], [["create web.yaml 8"], ["delete web+2.yaml"]]),
        # a run ended between the two
        (NEW, [written(OLD), written(NEW_2, 2)], [["keep web+2.yaml 2"], ["delete web.yaml"]]),
        (manifest(image="x:3"), [written(OLD), written(NEW_2, 2)], [["update web.yaml 3"], ["delete web+2.yaml"]]),
        # a mode alone is no new generation
        (OLD, [written(OLD, mode="644")], [["update web.yaml 1"]]),
    ],
)  # fmt: skip
def test_an_update_goes_into_the_other_slot_and_then_the_old_one_goes(desired, files, expected) -> None:
    assert stages(desired, *files) == expected


def test_without_the_strategy_a_workload_stays_in_the_slot_that_it_has() -> None:
    assert stages(NEW, written(OLD_2, 3), surge=False) == [["update web+2.yaml 4"]]


def test_a_restart_starts_the_same_content_in_the_other_slot() -> None:
    assert stages(OLD, written(OLD), restart=True) == [["create web+2.yaml 2"], ["delete web.yaml"]]


def test_of_two_old_generations_the_one_that_runs_is_kept_until_the_new_one_does() -> None:
    files = [written(OLD), written(OLD_2, 2)]
    pods = (running(OLD),)
    assert stages(NEW, *files, pods=pods) == [["update web+2.yaml 3"], ["delete web.yaml"]]


def test_a_file_in_the_second_place_that_is_none_of_ours_is_left_alone() -> None:
    foreign = observed_file("web+2.yaml", manifest("other").text(1))
    assert stages(OLD, written(OLD), foreign) == [["keep web.yaml 1"]]


def test_the_new_pod_is_to_run_on_while_the_old_one_goes() -> None:
    look = observation(written(OLD))
    where = placed([NEW], (), look, surging=("web.yaml",))
    changes = compare(where.manifests, where.absent, look, beside=where.beside, ending=where.ending)
    first, last = make_plan("n1", changes).stages
    assert [entry.beside for entry in first.expectations] == [OLD.pod.on("n1")]
    assert [(entry.file_name, entry.gone) for entry in last.expectations] == [
        ("web.yaml", True),
        ("web+2.yaml", False),
    ]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ([], ("web.yaml",)),
        ([written(OLD)], ("web.yaml",)),
        ([written(OLD_2)], ("web+2.yaml",)),
        ([written(OLD), written(OLD_2)], ("web.yaml", "web+2.yaml")),
    ],
)
def test_what_is_to_go_goes_from_the_slot_where_it_is(files, expected) -> None:
    assert with_second_slots(["web.yaml"], observation(*files)) == expected


MOUNT = """\
  volumes: [{name: data, hostPath: {path: %s}}]
  initContainers: [{name: i, image: "x:1", volumeMounts: [{name: data, mountPath: /d, readOnly: %s}]}]
"""
LEASE = """\
  initContainers:
  - {name: i, image: "x:1", env: [{name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}],
     args: [--leader-elect-lease-name=$(NODE)]}
"""


def pod(extra: str = "", ports: str = ""):
    """One that does not use the network of the node."""
    text = pod_text(extra=extra).replace("  hostNetwork: true\n", "")
    listed = f"  - name: main\n    ports: [{ports}]\n" if ports else "  - name: main\n"
    return Manifest.parse(Workload("web"), text.replace("  - name: main\n", listed))


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (pod(), pod(), ""),
        (OLD, NEW, "declares no ports"),
        (pod(ports="{containerPort: 80, hostPort: 8080}"), pod(ports="{containerPort: 80, hostPort: 8080}"), "8080"),
        (pod(ports="{containerPort: 80, hostPort: 8080}"), pod(ports="{containerPort: 80, hostPort: 8081}"), ""),
        (pod(MOUNT % ("/data", "false")), pod(MOUNT % ("/data/", "false")), "write to `/data/`"),
        (pod(MOUNT % ("/data", "false")), pod(MOUNT % ("/data/a", "false")), "write to `/data/a`"),
        (pod(MOUNT % ("/data", "false")), pod(MOUNT % ("/database", "false")), ""),
        (pod(MOUNT % ("/data", "true")), pod(MOUNT % ("/data", "false")), ""),
        (pod(LEASE), pod(), "`--leader-elect-lease-name`"),
    ],
)  # fmt: skip
def test_what_two_generations_would_share_keeps_them_apart(old, new, why) -> None:
    found = obstacle(old, new.in_slot(2), runs_twice=False)
    assert why in found
    assert bool(why) == bool(found)


def test_the_inventory_may_say_that_it_can_but_not_against_the_kubelet() -> None:
    assert obstacle(OLD, NEW, runs_twice=True) == ""
    both = pod(ports="{containerPort: 80, hostPort: 8080}")
    assert (
        obstacle(both, both, runs_twice=True) == "the kubelet admits one pod on the port 8080/TCP of the node"
    )


def test_generations_count_on_from_slot_to_slot() -> None:
    assert stages(NEW, replace(written(OLD, 41))) == [["create web+2.yaml 42"], ["delete web.yaml"]]
