"""Where on the controller a pulled template and its values go, and whether they may be written there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import yaml
from msgspec import Struct

from podwright.errors import ProblemsError
from podwright.inventory.files import YAML_SUFFIXES
from podwright.operations.pull import PulledTemplate
from podwright.pods.yaml_writer import to_yaml
from podwright.problem import Problem
from podwright.state.private_files import write_file
from podwright.templates.files import SUFFIX

_PRIVATE, _PUBLIC = 0o600, 0o644


class PulledFile(Struct, frozen=True):
    """A file of the site: the values of `node`, or a template.

    `there` is what is there already, if anything.
    """

    path: Path
    text: str
    node: str = ""
    secret: bool = False
    there: str | None = None

    @property
    def same(self) -> bool:
        return self.there == self.text

    @property
    def mode(self) -> int:
        return _PRIVATE if self.secret else _PUBLIC


class PulledFolders(Struct, frozen=True):
    """Where templates lie, and the folder beside the inventory with `host_vars/` (None: the inventory has none)."""

    templates: Path
    inventory: Path | None

    def values_file(self, node: str, template: str) -> Path:
        return (self.inventory or Path()) / "host_vars" / node / f"{template}.yml"

    def pulled_before(self, node: str, template: str) -> Collection[str]:
        """The names of variables that an earlier pull has written for the template."""
        text = _text(self.values_file(node, template)) if self.inventory else None
        try:
            values = yaml.safe_load(text or "")
        except yaml.YAMLError:
            return ()
        return {str(name) for name in values} if isinstance(values, dict) else ()

    def files(self, templates: Iterable[PulledTemplate]) -> tuple[PulledFile, ...]:
        """Raises ProblemsError if values have no place."""
        templates = tuple(templates)
        problems = tuple(
            self._no_place(node) for one in templates for node, values in one.values.items() if values
        )
        if found := tuple(dict.fromkeys(problem for problem in problems if problem)):
            raise ProblemsError(found)
        return tuple(file for one in templates for file in self._files_of(one))

    def _files_of(self, one: PulledTemplate) -> Iterator[PulledFile]:
        path = self.templates / f"{one.name}{SUFFIX}"
        yield PulledFile(path, one.text, secret=one.secret, there=_text(path))
        for node, values in one.values.items():
            path = self.values_file(node, one.name)
            if values:
                yield PulledFile(path, to_yaml(values), node, one.secret, _text(path))

    def _no_place(self, node: str) -> Problem | None:
        if self.inventory is None:
            hint = "name one file or folder with `-i PATH`: `host_vars/` is beside it"
            return Problem("its values have no place in this inventory", hint, node=node)
        folder = self.inventory / "host_vars"
        others = [folder / f"{node}{suffix}" for suffix in YAML_SUFFIXES]
        taken = next((path for path in others if path.exists()), None)
        if Path(node).name != node or (taken and not taken.is_dir()):
            return Problem(
                f"`{taken or folder / node}` leaves no place for a file of values beside it",
                f"make it a folder: move it to `{folder / node}/main.yml`",
                node=node,
            )
        return None


def write_all(files: Iterable[PulledFile], *, force: bool) -> None:
    """Nothing is written if one would be overwritten, unless with `force`. Raises ProblemsError."""
    files = tuple(file for file in files if not file.same)
    taken = [file.path for file in files if file.there is not None]
    if taken and not force:
        hint = "compare them (`podwright manifest diff --adopt`), then overwrite them with `--force`"
        raise ProblemsError(Problem(f"`{path}` is there already, with other content", hint) for path in taken)
    for file in files:
        try:
            write_file(file.path, file.text, mode=file.mode, overwrite=force)
        except OSError as error:
            problem = Problem(
                f"cannot write `{file.path}`: {error.strerror}", "see who may write there: `ls -ld`"
            )
            raise ProblemsError([problem]) from error


def _text(path: Path) -> str | None:
    """What is there; something else than text too."""
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        return ""
