"""What lookups read beside variables: files of the site on the controller."""

from __future__ import annotations

import glob
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from jinja2.runtime import Context
from msgspec import Struct

from podwright.expressions.errors import ExpressionError

MAX_FILE_BYTES = 1 << 20
#: what ansible-vault writes first into a file
_VAULT = b"$ANSIBLE_VAULT;"


#: Renders a template of the site with the names of a context.
Render = Callable[[str, Context, Mapping[str, object]], str]


class Controller(Struct, frozen=True):
    """What lookups read beside variables: files below these folders or by their whole path, and templates.

    The text of each file goes to `looked_up`, by its name: it may be a secret.
    """

    folders: tuple[Path, ...] = (Path(),)
    render: Render | None = None
    looked_up: dict[str, str] | None = None

    def file(self, name: str) -> Path:
        """The first file of this name. Raises ExpressionError when there is none."""
        for folder in self.folders:
            path = folder / Path(name).expanduser()
            if path.is_file():
                return path
        hint = f"it is looked for in {', '.join(f'`{folder}`' for folder in self.folders)}"
        raise ExpressionError(f"a lookup finds no file `{name[:200]}`", hint)

    def learned(self, file: str, values: Mapping[str, object]) -> list[object]:
        """The values that a file has under these names, without those that are not there; each may be a secret."""
        found = {f"{Path(file).stem} {name}": value for name, value in values.items() if value is not None}
        if self.looked_up is not None:
            self.looked_up.update({name: str(value) for name, value in found.items()})
        return list(found.values())


NO_CONTROLLER = Controller()


def file(
    controller: Controller, context: Context, terms: tuple[Any, ...], options: dict[str, Any]
) -> list[object]:
    del context
    texts = [text_of(controller.file(str(term)), str(term)) for term in terms]
    if controller.looked_up is not None:
        controller.looked_up.update(zip(map(str, terms), texts, strict=True))
    texts = [text.rstrip() if options.get("rstrip", True) else text for text in texts]
    return [text.lstrip() if options.get("lstrip", False) else text for text in texts]


def text_of(path: Path, name: str) -> str:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_FILE_BYTES + 1)
        if is_encrypted(content):
            raise encrypted(f"the file `{name[:200]}` of a lookup")
        if len(content) <= MAX_FILE_BYTES:
            return content.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise ExpressionError(f"a lookup cannot read the file `{name[:200]}`") from error
    raise ExpressionError(f"a lookup reads files up to {MAX_FILE_BYTES >> 20} MiB; `{name[:200]}` is larger")


def encrypted(what: str) -> ExpressionError:
    """It is not opened: what it holds could not be told from what may be shown in a diff."""
    hint = "encrypt variables instead, in a file of variables or under `!vault`, and use them in the template"
    return ExpressionError(f"ansible-vault encrypted {what}", hint)


def is_encrypted(content: bytes) -> bool:
    return content.startswith(_VAULT)


def fileglob(
    controller: Controller, context: Context, terms: tuple[Any, ...], options: dict[str, Any]
) -> list[object]:
    del context, options
    found: list[object] = []
    for term in terms:
        for folder in controller.folders:
            paths = sorted(path for path in glob.glob(str(folder / term)) if Path(path).is_file())  # noqa: PTH207
            if paths:
                found += paths
                break
    return found


def first_found(
    controller: Controller, context: Context, terms: tuple[Any, ...], options: dict[str, Any]
) -> list[object]:
    del context
    asked = [{**options, "files": terms}] if terms else [options]
    for name in _candidates(asked, ()):
        with suppress(ExpressionError):
            return [str(controller.file(name).absolute())]
    if options.get("skip") or any(isinstance(term, Mapping) and term.get("skip") for term in terms):
        return []
    raise ExpressionError("`first_found` finds none of its files", "`skip=true` gives an empty list instead")


def _candidates(terms: Iterable[object], folders: Iterable[object]) -> Iterator[str]:
    for term in terms:
        if isinstance(term, Mapping):
            yield from _candidates(_parts(term.get("files", ())), _parts(term.get("paths", ())) or folders)
        elif isinstance(term, str):
            names = re.split("[,;]", term)
            yield from (str(Path(str(folder), name)) for folder in folders or ("",) for name in names)
        else:
            yield from _candidates(cast("Iterable[object]", term), folders)


def _parts(value: object) -> Iterable[object]:
    return re.split("[,:;]", value) if isinstance(value, str) else cast("Iterable[object]", value)


def named_in(term: object, options: Mapping[str, Any], known: Collection[str]) -> tuple[str, dict[str, Any]]:
    """What a term asks for, and its options: those in it (`key file=nodes.csv col=2`) win."""
    words = [(word, *word.partition("=")) for word in str(term).split()]
    named = {name: value for _, name, sign, value in words if sign and name in known}
    rest = " ".join(word for word, name, sign, _ in words if not (sign and name in known))
    return rest if named else str(term), {**options, **named}
