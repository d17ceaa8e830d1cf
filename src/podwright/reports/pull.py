"""What was pulled as rows of a table and as a document, and what to add to the inventory; values are never printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from podwright.pods.yaml_writer import to_yaml
from podwright.reports.documents import API_VERSION, problem_document
from podwright.text import abbreviated

if TYPE_CHECKING:
    from podwright.operations.pull import Pull, PulledTemplate
    from podwright.operations.pulled_files import PulledFile


def pull_rows(pull: Pull, files: Iterable[PulledFile]) -> list[tuple[str, ...]]:
    nodes = {one.name: abbreviated(one.nodes) for one in pull.templates}
    rows: list[tuple[str, ...]] = [("FILE", "FOR", "WHAT")]
    for file in files:
        whom = file.node or nodes[file.path.name.partition(".yaml.j2")[0]]
        rows.append((str(file.path), whom, _state(file)))
    return rows


def _state(file: PulledFile) -> str:
    return "unchanged" if file.same else "overwritten" if file.there is not None else "written"


def entries(templates: Iterable[PulledTemplate], groups: Mapping[str, tuple[str, ...]]) -> str:
    """What the inventory needs so that a push puts the templates there: of a group of these very nodes, or of each."""
    said: dict[str, dict[str, dict[str, object]]] = {}
    for one in templates:
        nodes = [node for node in one.nodes if node not in one.listed]
        group = next((name for name, members in groups.items() if set(members) == set(nodes)), "")
        for node in nodes[:1] if group else nodes:
            place = said.setdefault(group or "all", {}).setdefault("vars" if group else "hosts", {})
            pods = place if group else place.setdefault(node, {})
            pods.setdefault("static_pods", {})[one.name] = "present"  # type: ignore[attr-defined]
    return to_yaml(said) if said else ""


def pull_document(pull: Pull, files: Iterable[PulledFile], to_add: str) -> Mapping[str, object]:
    return {
        "apiVersion": API_VERSION,
        "kind": pull.report.kind,
        "files": [
            {
                "path": str(file.path),
                "node": file.node or None,
                "state": _state(file),
                "secret": file.secret,
            }
            for file in files
        ],
        "inventory": to_add,
        "unexplained": list(pull.unexplained),
        "nodes": [
            {
                "node": result.node,
                "files": list(result.value),
                "problems": [problem_document(problem) for problem in result.problems],
            }
            for result in pull.report.nodes
        ],
    }
