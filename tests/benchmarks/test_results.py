"""Medians of ratios within rounds, and how they are shown."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from benchmarks.report import BEGIN, END, plot, table, write
from benchmarks.results import Sample, append, read, summary

ORDER = ("floor", "podwright", "other")


def sample(tool: str, wall: float, round_: int = 0, session: str = "s", nodes: int = 10, **changes) -> Sample:
    values = {"latency": 0, "case": "first push", "cpu": wall / 2, "peak_mb": 40.0, **changes}
    return Sample(
        session,
        round_,
        nodes,
        values["latency"],
        values["case"],
        tool,
        wall,
        values["cpu"],
        values["peak_mb"],
    )


SAMPLES = (
    *(sample("floor", wall, number) for number, wall in enumerate([1.0, 10.0, 2.0])),
    *(sample("podwright", wall, number) for number, wall in enumerate([1.1, 13.0, 2.4])),
    *(sample("other", wall, number) for number, wall in enumerate([11.0, 130.0, 48.0])),
)


def test_ratios_are_taken_within_a_round_and_their_median_is_shown() -> None:
    (group,) = summary(SAMPLES, ORDER)
    rows = {row.tool: row for row in group.rows}
    assert rows["podwright"].times_floor == pytest.approx(1.2)
    assert rows["other"].times == pytest.approx(10)
    assert rows["floor"].wall == pytest.approx(200)
    assert rows["other"].rounds == 3


def test_what_was_not_measured_side_by_side_is_not_compared() -> None:
    (group,) = summary((sample("floor", 1.0, session="a"), sample("other", 9.0, session="b")), ORDER)
    assert [row.times_floor for row in group.rows] == [1.0, None]


def test_settings_stand_apart_in_the_order_they_were_measured() -> None:
    several = (
        sample("floor", 1, nodes=200),
        sample("floor", 1, case="remove"),
        sample("floor", 1, latency=50),
    )
    assert [(group.case, group.nodes, group.latency) for group in summary(several, ORDER)] == [
        ("first push", 200, 0),
        ("remove", 10, 0),
        ("first push", 10, 50),
    ]


def test_samples_are_kept_as_lines(tmp_path) -> None:
    for one in SAMPLES:
        append(tmp_path / "results", one)
    assert read(tmp_path / "results") == SAMPLES


def test_the_table_is_markdown() -> None:
    (group,) = summary(SAMPLES, ORDER)
    assert table(group).splitlines() == [
        "**first push, 10 nodes**",
        "",
        "| tool | wall, ms a node | times the floor | podwright is faster by | CPU, ms a node | peak, MB | rounds |",
        "| --- | --: | --: | --: | --: | --: | --: |",
        "| floor | 200.0 | 1.00 |  | 100.0 | 40 | 3 |",
        "| podwright | 240.0 | 1.20 |  | 120.0 | 40 | 3 |",
        "| other | 4800.0 | 13.0 | 10.0 | 2400.0 | 40 | 3 |",
    ]


def test_the_plot_is_an_image_with_a_bar_for_each_row() -> None:
    image = ElementTree.fromstring(plot(summary((*SAMPLES, sample("floor", 1.0, case="a < b")), ORDER)))
    bars = [entry for entry in image if entry.tag.endswith("rect") and "x" in entry.attrib]
    assert len(bars) == 4
    assert float(bars[2].attrib["width"]) > float(bars[0].attrib["width"])


def test_only_what_stands_between_the_markers_is_written_anew(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("benchmarks.report.DOCS", tmp_path)
    page = tmp_path / "performance.md"
    page.write_text(f"before\n{BEGIN}old\n{END}\nafter\n")
    write(summary(SAMPLES, ORDER), "about")
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text
    assert "| podwright |" in text
    assert (tmp_path / "performance.svg").exists()
