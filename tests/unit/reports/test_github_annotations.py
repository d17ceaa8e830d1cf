"""Findings for GitHub Actions."""

from tests.unit.reports.judged_files import ADVISED

from podwright.reports.github_annotations import github_annotations
from podwright.validation.folder import Entry, judge_folder


def test_what_would_end_a_property_is_escaped():
    (line,) = github_annotations(judge_folder([ADVISED]))
    assert line.startswith("::warning file=good%2C %251.yaml,line=7,col=22,title=image-tag::")


def test_nothing_planted_ends_the_line_or_steers_the_terminal():
    for line in github_annotations(judge_folder([Entry("a\n::error::\x1b[31m\r.yaml", b"x: [\x1b")])):
        assert line.isprintable()
