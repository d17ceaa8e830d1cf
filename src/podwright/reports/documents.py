"""Results as documents for `-o json`, `yaml` and `jsonl`; fields are only ever added within one apiVersion."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from podwright.operations.report import Convergence, NodeResult, Outcome, Report
    from podwright.operations.status import NodeStatus
    from podwright.operations.validate import Validation
    from podwright.plan.changes import Change, Subject
    from podwright.plan.health import Health
    from podwright.problem import Problem
    from podwright.validation.findings import Finding
    from podwright.validation.judge import Verdict

API_VERSION = "podwright.dev/v1"
Value = TypeVar("Value")


def as_text(document: object, output: str) -> str:
    """A document as `yaml`, on one line as `jsonl`, otherwise as JSON; all of them ASCII."""
    if output == "yaml":
        import yaml

        # the members of enumerations are plain words in JSON alone
        plain = json.loads(json.dumps(document))
        return yaml.safe_dump(plain, sort_keys=False, allow_unicode=False).rstrip("\n")
    return json.dumps(document, indent=None if output == "jsonl" else 2)


def report_document(report: Report[Convergence]) -> Mapping[str, object]:
    """The report for `-o json` and `-o yaml`; fields are only ever added within one apiVersion."""
    return {
        "apiVersion": API_VERSION,
        "kind": report.kind,
        "nodes": [outcome_document(outcome) for outcome in report.nodes],
        "problems": [problem_document(problem) for problem in report.failures],
        "notes": list(report.notes),
    }


def nodes_document(
    report: Report[Value],
    on_node: Callable[[NodeResult[Value]], Mapping[str, object]],
    about: Mapping[str, object] | None = None,
) -> Mapping[str, object]:
    """A report of which each node has what `on_node` makes of its result, between its name and its problems."""
    return {
        "apiVersion": API_VERSION,
        "kind": report.kind,
        **(about or {}),
        "nodes": [
            {
                "node": result.node,
                **on_node(result),
                "problems": [problem_document(problem) for problem in result.problems],
            }
            for result in report.nodes
        ],
    }


def outcome_document(outcome: Outcome) -> Mapping[str, object]:
    done = outcome.value
    stages = done.plan.stages if done.plan else ()
    return {
        "node": outcome.node,
        "status": str(outcome.status),
        "changes": [
            {**change_document(change), "stage": number}
            for number, stage in enumerate(stages, start=1)
            for change in stage.changes
        ],
        "applied": [{"file": entry.file_name, "what": entry.what} for entry in done.applied],
        "reverted": [
            {"file": entry.file_name, "revision": entry.revision, "proven": entry.proven}
            for entry in done.reverted
        ],
        "pods": [health_document(health) for health in done.healths],
        "nothingRanSeconds": {gap.pod: round(gap.seconds, 2) for gap in done.gaps},
        "problems": [problem_document(problem) for problem in outcome.problems],
        "warnings": list(outcome.warnings),
        "seconds": round(outcome.seconds, 2),
    }


def change_document(change: Change[Subject]) -> Mapping[str, object]:
    return {
        "file": change.name,
        "action": str(change.action),
        **change.subject.facts,
        "reason": change.reason,
    }


def health_document(health: Health) -> Mapping[str, object]:
    expectation = health.expectation
    return {
        "pod": expectation.subject,
        "expected": "gone" if expectation.gone else str(expectation.wait_for),
        "proven": health.proven and not health.readiness_unchecked,
        "uid": health.uid,
        "evidence": {
            entry.source: {"result": str(entry.agrees), "detail": entry.detail} for entry in health.sources
        },
    }


def problem_document(problem: Problem) -> Mapping[str, object]:
    place = problem.place
    return {
        "message": problem.message,
        "hint": problem.hint,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
    }


def status_document(report: Report[NodeStatus]) -> dict[str, object]:
    """For `-o json` and `-o yaml`; fields are only ever added within one apiVersion."""
    return {
        "apiVersion": API_VERSION,
        "kind": report.kind,
        "nodes": [
            {
                "node": node.node,
                "folder": node.value.folder,
                "kubelet": node.value.kubelet,
                "pods": [
                    {
                        "file": pod.file,
                        "pod": pod.pod,
                        "managed": pod.owner == "podwright",
                        "orphaned": pod.orphaned,
                        "generation": pod.generation,
                        "sandbox": pod.sandbox,
                        "mirror": pod.mirror,
                        "uid": pod.uid,
                        "link": pod.link,
                        "restarts": pod.restarts,
                        "reason": pod.reason,
                        "ageSeconds": None if pod.age is None else round(pod.age),
                        "sinceSeconds": None if pod.since is None else round(pod.since),
                        "images": list(pod.images),
                    }
                    for pod in node.value.pods
                ],
                "problems": [problem_document(problem) for problem in node.problems],
                "warnings": list(node.warnings),
            }
            for node in report.nodes
        ],
    }


def validation_documents(validation: Validation) -> list[dict[str, object]]:
    """A document a file; of a site with the nodes that share it."""
    documents = [judged_document(one) for one in validation.judged]
    for document, nodes in zip(documents, validation.nodes, strict=False):
        document["nodes"] = list(nodes)
    return documents


def judged_document(verdict: Verdict) -> dict[str, object]:
    """One file of `manifest validate -o json`, which is a list of these."""
    return {
        "file": verdict.file,
        "kubelet": verdict.kubelet,
        "mirror": verdict.mirror,
        "depends": list(verdict.depends),
        "pod": None if verdict.pod is None else str(verdict.pod),
        "findings": [_finding_document(finding) for finding in verdict.findings],
    }


def _finding_document(finding: Finding) -> dict[str, object]:
    names = ("rule", "severity", "path", "line", "column", "message", "hint")
    return {name: getattr(finding, name) for name in names}
