"""What lookups read beside variables: files of the site on the controller."""

from __future__ import annotations

import glob
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2.runtime import Context

from podwright.expressions.failure import ExpressionError

MAX_FILE_BYTES = 1 << 20

#: Renders a template of the site with the names of a context.
Render = Callable[[str, Context, Mapping[str, object]], str]


@dataclass(frozen=True, slots=True)
class Controller:
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


NO_CONTROLLER = Controller()


def file(
    controller: Controller, context: Context, terms: tuple[Any, ...], options: dict[str, Any]
) -> list[object]:
    del context
    texts = [_text(controller.file(str(term)), str(term)) for term in terms]
    if controller.looked_up is not None:
        controller.looked_up.update(zip(map(str, terms), texts, strict=True))
    texts = [text.rstrip() if options.get("rstrip", True) else text for text in texts]
    return [text.lstrip() if options.get("lstrip", False) else text for text in texts]


def _text(path: Path, name: str) -> str:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_FILE_BYTES + 1)
        if len(content) <= MAX_FILE_BYTES:
            return content.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise ExpressionError(f"a lookup cannot read the file `{name[:200]}`") from error
    raise ExpressionError(f"a lookup reads files up to {MAX_FILE_BYTES >> 20} MiB; `{name[:200]}` is larger")


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
