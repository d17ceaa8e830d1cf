"""What must not grow with the fleet: threads, connections and descriptors; counted, never timed."""

from __future__ import annotations

from benchmarks.simulate import FORKS, Lines, MemoryFleet, run, write_memory_site

from podwright.operations.connections import MOST_KEPT

NODES = 1000


def test_a_thousand_nodes_take_no_more_threads_than_forks_and_no_more_connections_than_are_kept(
    tmp_path,
) -> None:
    write_memory_site(tmp_path / "site", NODES)
    fleet = MemoryFleet()
    laps = list(run(tmp_path / "site", fleet))
    assert [lap.what for lap in laps][-1] == "drift check"
    assert len(fleet.folders) == NODES
    assert all(list(files) == ["web-0.yaml"] for files in fleet.folders.values())
    assert FORKS < fleet.connections <= MOST_KEPT + FORKS
    # beside the workers: the main thread, and what the test runner itself keeps
    assert fleet.threads <= FORKS + 8
    assert fleet.descriptors <= MOST_KEPT + FORKS + 40


def test_lines_of_json_come_while_nodes_are_still_to_be_written(tmp_path) -> None:
    seen = []

    class Watched(Lines):
        def write(self, text: str) -> int:
            written = super().write(text)
            seen.append(self.nodes_at_first)
            return written

    write_memory_site(tmp_path / "site", 300)
    fleet = MemoryFleet()
    list(run(tmp_path / "site", fleet, lines=Watched))
    assert 0 < seen[0] < 300
