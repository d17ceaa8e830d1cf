"""Prometheus takes the rules, and every metric that is asked for is one that a check writes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import yaml
from tests.fakes import results

from podwright.reports.prometheus import drift_metrics
from podwright.reports.prometheus_alerts import alert_rules, dashboard


def test_promtool_takes_the_rules(tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    assert promtool, "install Debian's package prometheus"
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(alert_rules()))
    answer = subprocess.run(
        [promtool, "check", "rules", str(tmp_path / "rules.yaml")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "SUCCESS: 6 rules found" in answer.stdout


def test_every_metric_that_is_asked_for_is_written() -> None:
    written = drift_metrics(results.drift_report(), ended=1, seconds=1, before="")
    known = set(re.findall(r"^# TYPE (\w+)", written, re.MULTILINE))
    for document in (alert_rules(), dashboard()):
        asked = set(re.findall(r"podwright_drift_\w+", json.dumps(document)))
        assert asked
        assert asked <= known


def test_the_panels_of_the_dashboard_lie_side_by_side() -> None:
    taken = set()
    for panel in dashboard()["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells
