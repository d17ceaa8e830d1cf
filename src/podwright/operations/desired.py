"""What every chosen node should run: rendered and judged before any node is touched, all problems told at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from podwright.errors import ManifestError, ProblemsError, TemplateError, UsageError
from podwright.inventory.node import Inventory, Node
from podwright.manifests.likeness import Likenesses, Outline, outline
from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import Workload
from podwright.operations.cores import on_all_cores
from podwright.pods.collisions import collisions
from podwright.problem import Place, Problem
from podwright.text import abbreviated

if TYPE_CHECKING:
    from podwright.templates.render import Renderer


@dataclass(frozen=True, slots=True)
class Desired:
    """One node's part: the manifests it should run and the file names it should not have."""

    node: Node
    manifests: tuple[Manifest, ...] = ()
    absent: tuple[str, ...] = ()


#: judging one takes about 1 ms; fewer are not worth a process
MANY_TEXTS = 300


@dataclass(frozen=True, slots=True)
class _Rendered:
    """One template on one node: its text with its outline, if it has one; or why there is none."""

    template: str
    text: str
    like: Outline | None
    error: TemplateError | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """What came of one node's templates."""

    manifests: tuple[Manifest, ...]
    problems: tuple[Problem, ...]


class Site:
    """The inventory and its templates; equal texts are judged once, and those that differ by the node's name twice."""

    def __init__(self, inventory: Inventory, renderer: Renderer) -> None:
        self.inventory = inventory
        self.renderer = renderer
        self._judged: dict[tuple[object, ...], Manifest | ManifestError] = {}
        self._likenesses = Likenesses()

    def desired(self, nodes: Iterable[Node], only: tuple[str, ...] = ()) -> tuple[Desired, ...]:
        """What each of `nodes` should run; with `only`, of these templates alone. Raises ProblemsError, UsageError."""
        nodes = tuple(nodes)
        refuse_unknown(nodes, only)
        rendered = [(node, tuple(self._texts_on(node, only))) for node in nodes]
        found = on_all_cores(rendered, self._found, worth_it=_much_to_judge(rendered))
        problems = [problem for part in found for problem in part.problems]
        if problems:
            raise ProblemsError(merged(problems))
        pairs = zip(nodes, found, strict=True)
        return tuple(Desired(node, part.manifests, _absent_on(node, only)) for node, part in pairs)

    def rendered(self, nodes: Iterable[Node], only: tuple[str, ...] = ()) -> tuple[tuple[str, str, str], ...]:
        """Node, file name and the template's own text for everything present. Raises ProblemsError, UsageError."""
        nodes = tuple(nodes)
        refuse_unknown(nodes, only)
        problems: list[Problem] = []
        texts = []
        for node in nodes:
            for one in self._texts_on(node, only):
                texts.append((node.name, Workload(one.template).file_name, one.text))
                if one.error:
                    problems += (replace(problem, node=node.name) for problem in one.error.problems)
        if problems:
            raise ProblemsError(merged(problems))
        return tuple(texts)

    def _texts_on(self, node: Node, only: tuple[str, ...]) -> Iterator[_Rendered]:
        for template in templates_on(node, only):
            try:
                text = self.renderer.render(template, node, self.inventory)
            except TemplateError as error:
                yield _Rendered(template, "", None, error)
            else:
                yield _Rendered(template, text, _outline_of(node, text))

    def _found(self, rendered: tuple[Node, tuple[_Rendered, ...]]) -> _Found:
        node, texts = rendered
        problems: list[Problem] = []
        manifests: list[Manifest] = []
        for one in texts:
            try:
                manifests.append(self._manifest(node, one))
            except (TemplateError, ManifestError) as error:
                problems += (replace(problem, node=node.name) for problem in error.problems)
        found = tuple(manifests)
        problems += _side_by_side(node, found)
        return _Found(found, tuple(problems))

    def _manifest(self, node: Node, rendered: _Rendered) -> Manifest:
        if rendered.error:
            raise rendered.error
        settings = node.settings
        conditions = (
            rendered.template,
            settings.kubernetes_version,
            settings.silenced_rules,
            settings.owner,
        )
        if rendered.like is None:
            return self._parsed((conditions, rendered.text, settings.node_name or node.name), node, rendered)
        manifest = self._likenesses.like((conditions, rendered.like), node.name)
        if manifest is None:
            manifest = self._parsed((conditions, rendered.text, node.name), node, rendered)
            self._likenesses.learn((conditions, rendered.like), node.name, manifest)
        return manifest

    def _parsed(self, key: tuple[object, ...], node: Node, rendered: _Rendered) -> Manifest:
        if key not in self._judged:
            path = self.renderer.path(rendered.template)
            judged = _parse(rendered.template, rendered.text, node, path)
            if isinstance(judged, ManifestError):
                judged = self._at_template(judged, rendered.template, node)
            self._judged[key] = judged
        judged = self._judged[key]
        if isinstance(judged, ManifestError):
            raise judged
        return judged

    def _at_template(self, error: ManifestError, template: str, node: Node) -> ManifestError:
        """The same problems at the templates' own lines, since a person will look there."""
        origins = self.renderer.origins(template, node, self.inventory)
        return ManifestError(
            replace(problem, place=origins.place(problem.place.line, problem.place.column) or problem.place)
            if problem.place and problem.place.line
            else problem
            for problem in error.problems
        )


def _outline_of(node: Node, text: str) -> Outline | None:
    """The text's outline, where the pod's name will end with the name that the text holds."""
    same = node.settings.node_name in (None, node.name)
    return outline(text, node.name) if same else None


def _much_to_judge(rendered: Sequence[tuple[Node, tuple[_Rendered, ...]]]) -> bool:
    """Whether so many texts are unlike all others that more than one core is worth it."""
    if sum(len(texts) for _, texts in rendered) < MANY_TEXTS:
        return False
    unlike = {(one.template, one.like or one.text) for _, texts in rendered for one in texts}
    return len(unlike) >= MANY_TEXTS


def _absent_on(node: Node, only: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(Workload(template).file_name for template in templates_on(node, only, present=False))


def templates_on(node: Node, only: tuple[str, ...], *, present: bool = True) -> tuple[str, ...]:
    """The templates that the inventory calls present (or absent) on a node; with `only`, of those alone."""
    return tuple(
        entry.template
        for entry in node.static_pods
        if entry.present is present and (not only or entry.template in only)
    )


def _parse(template: str, text: str, node: Node, place: str) -> Manifest | ManifestError:
    if not text.strip():
        return ManifestError([renders_nothing(template, place)])
    try:
        return Manifest.parse(
            Workload(template),
            text,
            owner=node.settings.owner,
            place=place,
            node_name=node.settings.node_name or node.name,
            kubernetes_version=node.settings.kubernetes_version,
            silenced=node.settings.silenced_rules,
        )
    except ManifestError as error:
        return error


def renders_nothing(template: str, place: str) -> Problem:
    """An empty manifest is never what somebody meant: what a node should not have is said in the inventory."""
    hint = f"to keep it off this node, set `static_pods: {{{template}: absent}}` there instead"
    return Problem("the template renders nothing", hint, Place(place))


def refuse_unknown(nodes: tuple[Node, ...], only: tuple[str, ...]) -> None:
    """Raises UsageError for a name of `only` that no node has: misspelt, it would look like nothing to do."""
    known = {entry.template for node in nodes for entry in node.static_pods}
    unknown = [name for name in only if name not in known]
    if unknown:
        raise UsageError(
            f"no chosen node has the static pod {', '.join(f'`{name}`' for name in unknown)}",
            hint=f"they have: {', '.join(sorted(known)) or 'none'}",
        )


def _side_by_side(node: Node, manifests: tuple[Manifest, ...]) -> Iterator[Problem]:
    """Pods of one node that its kubelet cannot run side by side."""
    for found in collisions(manifest.claim for manifest in manifests):
        both = f"`{found.other}` and `{found.file_name}` both"
        if found.port is None:
            yield Problem(
                f"{both} define the pod `{found.pod}`",
                "the kubelet would run one of them, and end it when either file goes; give each its own name",
                node=node.name,
            )
        else:
            yield Problem(
                f"{both} take the port {found.port} of the node",
                "the kubelet would admit one of them; give one another `hostPort`",
                node=node.name,
            )


def merged(problems: list[Problem]) -> tuple[Problem, ...]:
    """The same problem on many nodes is told once, with the nodes it is on."""
    nodes: dict[Problem, list[str]] = {}
    for problem in problems:
        nodes.setdefault(replace(problem, node=None), []).append(problem.node or "")
    return tuple(replace(problem, node=abbreviated(names)) for problem, names in nodes.items())
