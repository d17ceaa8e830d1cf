"""Makes templates of what lies on nodes: reads, decides what to write on the controller, and writes nothing."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct
from msgspec.structs import replace

from podwright.errors import TemplateError
from podwright.inventory.node import Inventory, Node
from podwright.manifests.manifest import Manifest, content_of
from podwright.manifests.workload import SUFFIX
from podwright.operations.fleet import run_on_all
from podwright.operations.observation import observed
from podwright.operations.pulled_values import own_values
from podwright.operations.report import NodeResult, Report, Status, failure
from podwright.operations.unknown_names import refuse_mistyped
from podwright.operations.world import World
from podwright.plan.diff import difference
from podwright.plan.observed import Observation
from podwright.pods.go_values import UnreadableError
from podwright.problem import Problem
from podwright.redaction.documents import masked_document
from podwright.redaction.redactor import Redactor
from podwright.templates.files import SUFFIX as TEMPLATE_SUFFIX
from podwright.templates.from_pods import UnlikeError, Variables, template_of
from podwright.templates.render import Renderer

#: what a node has, by file name
Found = Mapping[str, Manifest]
#: names of variables by node and template
Known = Callable[[str, str], Collection[str]]


class PulledTemplate(Struct, frozen=True):
    """A template that renders on each of these nodes what lies there, given these `values` of variables.

    `secret`: something in it looks like one. `listed` are the nodes whose inventory names it already. `foreign`: podwright
    did not write it on each of them.
    """

    name: str
    text: str
    values: Variables
    secret: bool = False
    listed: tuple[str, ...] = ()
    foreign: bool = False

    @property
    def nodes(self) -> tuple[str, ...]:
        return tuple(self.values)


class Pull(Struct, frozen=True):
    """What came of each node, the templates, and the diffs that no template of one pod explains.

    Templates are there only if nothing is wrong anywhere: one that leaves out a node would be wrong for it.
    """

    report: Report[Found]
    templates: tuple[PulledTemplate, ...] = ()
    unexplained: tuple[str, ...] = ()


def pull(
    nodes: tuple[Node, ...],
    file_names: tuple[str, ...] | None,
    inventory: Inventory,
    world: World,
    redactor: Redactor,
    *,
    forks: int,
    pulled_before: Known = lambda _node, _name: frozenset(),
) -> Pull:
    """Observe the nodes and make a template of each of the files; None: of each that is named as ours would be.

    `pulled_before`: the names of a node's variables that a file of an earlier pull holds, which this one writes again.
    """
    results = run_on_all(
        nodes,
        partial(_read, file_names=file_names, world=world),
        _unobserved,
        forks=forks,
        interruption=world.interruption,
    )
    report = Report("ManifestPull", results)
    if report.problems:
        return Pull(report)
    templates, unexplained, problems = [], [], []
    for file_name in file_names or sorted({name for one in results for name in one.value}):
        name = file_name.removesuffix(SUFFIX)
        pods = {one.node: one.value[file_name] for one in results if file_name in one.value}
        if not pods:
            report = _without_file(report, file_name, inventory)
            continue
        before = {node.name: pulled_before(node.name, name) for node in nodes}
        try:
            made = _template(name, pods, _without(nodes, before), redactor)
        except UnlikeError as error:
            found = tuple(pods[node] for node in (error.node, error.other))
            unexplained.append(_diff(file_name, (error.node, error.other), found, redactor))
            problems.append(_unlike(file_name, error))
        else:
            templates.append(made)
            report = _with_own_values(report, made, pods, nodes)
            # no two templates may give one variable different values
            nodes = tuple(
                dataclasses.replace(node, variables={**node.variables, **made.values.get(node.name, {})})
                for node in nodes
            )
            problems += _not_the_same(made, pods, inventory)
    if problems:
        return Pull(_with_problems(report, problems), (), tuple(unexplained))
    return Pull(report, tuple(templates))


def _with_own_values(
    report: Report[Found], made: PulledTemplate, pods: Mapping[str, Manifest], nodes: Iterable[Node]
) -> Report[Found]:
    """Nodes that are pulled together show which values differ; one alone does not."""
    if len(pods) > 1:
        return report
    [only] = (node for node in nodes if node.name in pods)
    found = tuple(own_values(made.name, pods[only.name].document, only))
    warned = (
        replace(one, warnings=(*one.warnings, *found)) if one.node == only.name else one
        for one in report.nodes
    )
    return replace(report, nodes=tuple(warned))


def _without_file(report: Report[Found], file_name: str, inventory: Inventory) -> Report[Found]:
    refuse_mistyped([file_name], inventory.nodes, (tuple(one.value) for one in report.nodes))
    note = f"none of the observed nodes has a file `{file_name}`: there was nothing to pull"
    return replace(report, notes=(*report.notes, note))


def _unobserved(node: Node, error: BaseException) -> NodeResult[Found]:
    return failure(node.name, error, {})


def _read(node: Node, file_names: tuple[str, ...] | None, world: World) -> NodeResult[Found]:
    with world.connect(node) as host:
        observation = observed(node, host, mirrors=world.mirrors)
    files = {file.name: file.manifest for file in observation.files if file.name.endswith(SUFFIX)}
    found = {name: manifest for name, manifest in files.items() if isinstance(manifest, Manifest)}
    problems = tuple(_unread(observation, (set(files) - set(found)).intersection(file_names or ())))
    status = Status.REFUSED if problems else Status.OBSERVED
    return NodeResult(node.name, status, found, problems=problems)


def _unread(observation: Observation, names: Iterable[str]) -> Iterator[Problem]:
    if not observation.folder_seen:
        yield Problem(
            "its manifest folder cannot be read",
            "`podwright manifest status` shows why; `-l` chooses other nodes",
            node=observation.node,
        )
    for name in sorted(names):
        file = observation.file(name)
        why = getattr(file.manifest, "reason", "") if file else ""
        yield Problem(
            f"`{name}` is nothing that this kubelet runs" + (f": {why}" if why else ""),
            "correct it on the node, or leave the node out with `-l`",
            node=observation.node,
        )


def _without(nodes: Iterable[Node], names: Mapping[str, Collection[str]]) -> Mapping[str, Node]:
    """The nodes by name, without these variables."""
    return {
        node.name: dataclasses.replace(
            node,
            variables={key: value for key, value in node.variables.items() if key not in names[node.name]},
        )
        for node in nodes
    }


def _template(
    name: str, pods: Mapping[str, Manifest], site: Mapping[str, Node], redactor: Redactor
) -> PulledTemplate:
    made = template_of(
        name,
        {node: manifest.document for node, manifest in pods.items()},
        {node: site[node].variables for node in pods},
    )
    listed = tuple(node for node in pods if any(entry.is_named((name,)) for entry in site[node].static_pods))
    secret = any(_holds_a_secret(manifest, redactor) for manifest in pods.values())
    foreign = not all(manifest.stamp.managed for manifest in pods.values())
    return PulledTemplate(name, made.text, made.values, secret, listed, foreign)


def _holds_a_secret(manifest: Manifest, redactor: Redactor) -> bool:
    secrets: list[str] = []

    def found(secret: str, _place: str) -> str:
        secrets.append(secret)
        return secret

    masked_document(json.loads(manifest.canonical), redactor, found)
    return bool(secrets)


def _unlike(file_name: str, error: UnlikeError) -> Problem:
    return Problem(
        f"`{file_name}` differs from that of {error.node} in more than values",
        f"pull it from nodes that are alike: `podwright manifest pull {file_name.removesuffix(SUFFIX)} -l {error.node}`",
        node=error.other,
    )


def _diff(file_name: str, nodes: tuple[str, str], pods: tuple[Manifest, ...], redactor: Redactor) -> str:
    old, new = (manifest.canonical for manifest in pods)
    one, other = (f"{node}/{file_name}" for node in nodes)
    return difference(old, new, (one, other), redactor)


def _not_the_same(
    made: PulledTemplate, pods: Mapping[str, Manifest], inventory: Inventory
) -> Iterator[Problem]:
    """Rendered back, as a push will render it: the digest is that of what lies on the node."""
    nodes = tuple(
        dataclasses.replace(node, variables={**node.variables, **made.values.get(node.name, {})})
        for node in inventory.nodes
    )
    inventory = dataclasses.replace(inventory, nodes=nodes)
    with TemporaryDirectory() as folder:
        Path(folder, made.name + TEMPLATE_SUFFIX).write_text(made.text, "utf-8")
        renderer = Renderer(Path(folder))
        for node in nodes:
            if node.name in pods and _digest(renderer, made.name, node, inventory) != pods[node.name].digest:
                yield Problem(
                    f"the template of `{made.name}` would not render what lies there",
                    "please report it; write this template by hand",
                    node=node.name,
                )


def _digest(renderer: Renderer, name: str, node: Node, inventory: Inventory) -> str:
    try:
        return content_of(renderer.render(name, node, inventory).encode()).digest
    except (TemplateError, UnreadableError):
        return ""


def _with_problems(report: Report[Found], problems: Iterable[Problem]) -> Report[Found]:
    by_node: dict[str | None, list[Problem]] = {}
    for problem in problems:
        by_node.setdefault(problem.node, []).append(problem)
    return replace(
        report,
        nodes=tuple(
            replace(one, status=Status.REFUSED, problems=tuple(by_node[one.node]))
            if one.node in by_node
            else one
            for one in report.nodes
        ),
    )
