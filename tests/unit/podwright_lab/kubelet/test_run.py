"""What the parts of a kubelet share."""

from pathlib import Path

from podwright_lab.kubelet.run import NodeSettings


def test_the_parts_share_clock_store_and_jitter(bench):
    run = bench.run
    assert (run.agenda, run.store, run.jitter) == (bench.agenda, bench.store, bench.world.jitter)
    assert run.timing is bench.world.timing


def test_the_time_of_day_is_that_of_the_labs_clock(bench):
    bench.after(61.5)
    assert bench.run.now() == "2026-11-23T00:01:01Z"


def test_the_api_knows_the_kubelet_by_its_node(bench):
    assert bench.run.user == "system:node:n1"


def test_a_node_has_room_for_a_few_pods_unless_told_otherwise():
    settings = NodeSettings("n1", Path("/m"), Path("/k"))
    assert settings.capacity["cpu"] == "2"
    assert settings.network_ready
    assert settings.labels == {}


def test_what_a_part_logs_reaches_the_journal(bench):
    bench.run.log("a line")
    assert bench.lines == ["a line"]
