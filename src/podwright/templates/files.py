"""Reads the templates below one folder, and nothing outside of it, whatever links and dots a name holds."""

from __future__ import annotations

from pathlib import Path

from podwright.errors import UsageError
from podwright.expressions.errors import ExpressionError, UnknownTemplateError
from podwright.expressions.file_lookups import encrypted, is_encrypted
from podwright.suggestion import did_you_mean

SUFFIX = ".yaml.j2"
#: as much as a template may write
MAX_TEMPLATE_BYTES = 1 << 20


class TemplateFiles:
    """The folder of a site's templates."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> tuple[str, ...]:
        """Return the names of the templates, sorted: NAME of each NAME.yaml.j2 that begins with no `.` or `_`."""
        if not self._folder.is_dir():
            hint = "name it with `--templates DIR`; it holds one NAME.yaml.j2 a pod"
            raise UsageError(f"no folder of templates at `{self._folder}`", hint)
        files = (path.name for path in self._folder.iterdir() if path.name.endswith(SUFFIX))
        return tuple(sorted(name.removesuffix(SUFFIX) for name in files if name[0] not in "._"))

    def shown(self, file: str) -> str:
        """The path of a template as messages show it."""
        return str(self._folder / file)

    def load(self, file: str) -> tuple[str, str]:
        """Return the text of a template and its path. Raises ExpressionError, UnknownTemplateError."""
        path = self._folder / file
        if not self._holds(path, file):
            raise ExpressionError(f"`{file[:200]}` is not below the templates folder")
        try:
            with path.open("rb") as stream:
                content = stream.read(MAX_TEMPLATE_BYTES + 1)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise self._unknown(file) from error
        except (OSError, ValueError, RuntimeError) as error:
            raise ExpressionError(f"the template `{file[:200]}` cannot be read") from error
        return _decoded(content), self.shown(file)

    def _holds(self, path: Path, file: str) -> bool:
        try:
            return ".." not in Path(file).parts and path.resolve().is_relative_to(self._folder.resolve())
        except (OSError, ValueError, RuntimeError):
            return False

    def _unknown(self, file: str) -> UnknownTemplateError:
        message = f"no template `{file[:200]}`"
        other = file.removesuffix(SUFFIX) + ".yml.j2"
        if file.endswith(SUFFIX) and (self._folder / other).is_file():
            return UnknownTemplateError(message, f"`{other}` is there: rename it, the ending is `{SUFFIX}`")
        known = [path.name for path in self._folder.glob("*.j2")]
        return UnknownTemplateError(
            message, did_you_mean(file, known, f"templates lie below `{self._folder}`")
        )


def _decoded(content: bytes) -> str:
    if len(content) > MAX_TEMPLATE_BYTES:
        raise ExpressionError(f"the template is larger than {MAX_TEMPLATE_BYTES >> 20} MiB")
    if is_encrypted(content):
        raise encrypted("this template")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ExpressionError(f"line {line} of the template is not UTF-8") from error
