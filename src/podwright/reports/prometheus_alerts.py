"""Alert rules and a dashboard for the metrics of `drift check --prometheus-file`."""

from __future__ import annotations

from collections.abc import Mapping

from podwright.plan.drift import is_critical
from podwright.plan.reasons import Drift

_CRITICAL = "|".join(kind.value for kind in Drift if is_critical(kind))
_LAST_RUN = "podwright_drift_last_run_timestamp_seconds"
_LAST_SUCCESS = "podwright_drift_last_success_timestamp_seconds"


def alert_rules() -> Mapping[str, object]:
    """Rules for Prometheus; a metric that is there no more is one too."""
    found = f'podwright_drift_findings{{kind=~"{_CRITICAL}"}} > 0'
    other = f'podwright_drift_findings{{kind!~"{_CRITICAL}"}} > 0'
    told = "{{ $value }} findings of the kind {{ $labels.kind }}; `podwright drift check` shows them"
    rules = [
        _rule("PodwrightDriftCritical", found, "15m", "critical", told),
        _rule("PodwrightDrift", other, "1h", "warning", told),
        _rule(
            "PodwrightDriftUnchecked",
            "podwright_drift_nodes_unchecked > 0",
            "1h",
            "warning",
            "{{ $value }} nodes could not be checked whole",
        ),
        _rule(
            "PodwrightDriftNotRun",
            f"time() - {_LAST_RUN} > 3600",
            "5m",
            "warning",
            "no check has ended for {{ $value | humanizeDuration }}: what the other metrics show is old",
        ),
        _rule(
            "PodwrightDriftNoSuccess",
            f"time() - {_LAST_SUCCESS} > 86400",
            "5m",
            "warning",
            "no check could check every node for {{ $value | humanizeDuration }}",
        ),
        _rule(
            "PodwrightDriftAbsent", f"absent({_LAST_RUN})", "1h", "warning", "no check has written metrics"
        ),
    ]
    return {"groups": [{"name": "podwright-drift", "rules": rules}]}


def _rule(name: str, expression: str, wait: str, severity: str, summary: str) -> Mapping[str, object]:
    return {
        "alert": name,
        "expr": expression,
        "for": wait,
        "labels": {"severity": severity},
        "annotations": {"summary": summary},
    }


def dashboard() -> Mapping[str, object]:
    """A dashboard for Grafana, which asks for the data source when it is imported."""
    panels = [
        _panel("stat", "Findings", "sum(podwright_drift_findings)", (0, 0, 6)),
        _panel("stat", "Nodes not fully checked", "sum(podwright_drift_nodes_unchecked)", (6, 0, 6)),
        _panel("stat", "Since the last check", f"time() - min({_LAST_RUN})", (12, 0, 6), unit="s"),
        _panel("stat", "Since all were checked", f"time() - min({_LAST_SUCCESS})", (18, 0, 6), unit="s"),
        _panel("timeseries", "Findings by kind", "sum by (kind) (podwright_drift_findings) > 0", (0, 4, 12)),
        _panel("timeseries", "Duration", "podwright_drift_duration_seconds", (12, 4, 12), unit="s"),
        _panel("table", "Findings by node", "sum by (node) (podwright_drift_node_findings) > 0", (0, 12, 12)),
        _panel(
            "table", "Not fully checked", "min by (node) (podwright_drift_node_checked) == 0", (12, 12, 12)
        ),
    ]
    source = {"name": "source", "label": "Data source", "type": "datasource", "query": "prometheus"}
    return {
        "uid": "podwright-drift",
        "title": "podwright drift",
        "schemaVersion": 39,
        "refresh": "1m",
        "time": {"from": "now-24h", "to": "now"},
        "templating": {"list": [source]},
        "panels": [{"id": number, **panel} for number, panel in enumerate(panels, start=1)],
    }


def _panel(
    kind: str, title: str, expression: str, at: tuple[int, int, int], *, unit: str = "short"
) -> Mapping[str, object]:
    """`at`: left, top and width."""
    left, top, width = at
    data = {"type": "prometheus", "uid": "${source}"}
    target = {"refId": "A", "datasource": data, "expr": expression, "legendFormat": "__auto"}
    return {
        "type": kind,
        "title": title,
        "datasource": data,
        "gridPos": {"x": left, "y": top, "w": width, "h": 4 if kind == "stat" else 8},
        "fieldConfig": {"defaults": {"unit": unit}, "overrides": []},
        "targets": [{**target, "instant": True, "format": "table"} if kind == "table" else target],
    }
