"""Finds Ansible's configuration where Ansible finds it, for the few settings that are honoured here."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct, field

from podwright.errors import UsageError

MAX_BYTES = 1 << 20


class Setting(Struct, frozen=True):
    """A value, what said it (a variable of the environment or a file), and the folder that its paths begin at."""

    value: str
    said_by: str
    folder: Path

    def path(self, text: str | None = None) -> Path:
        """The value, or a part of it, as a path."""
        return self.folder / Path(self.value if text is None else text).expanduser()


class AnsibleConfig(Struct, frozen=True):
    """The `[defaults]` of the first ansible.cfg that is there; the environment wins over it."""

    environ: Mapping[str, str] = field(default_factory=dict)
    file: Path | None = None
    defaults: Mapping[str, str] = field(default_factory=dict)

    def setting(self, key: str, variable: str) -> Setting | None:
        """What `variable` of the environment says, otherwise `key` of the file; None for nothing."""
        if value := self.environ.get(variable, "").strip():
            return Setting(value, variable, Path())
        if self.file and (value := self.defaults.get(key, "").strip()):
            return Setting(value, str(self.file), self.file.parent)
        return None

    def switched_on(self, key: str, variable: str) -> bool:
        """Whether a setting says yes."""
        said = self.setting(key, variable)
        return said is not None and said.value.lower() in {"yes", "true", "on", "1", "y", "t"}


def ansible_config(environ: Mapping[str, str], folder: Path) -> AnsibleConfig:
    """Return the configuration that Ansible would use in `folder`. Raises UsageError when it cannot be read."""
    for file in _candidates(environ, folder):
        try:
            with file.open(encoding="utf-8") as stream:
                text = stream.read(MAX_BYTES)
        except (FileNotFoundError, NotADirectoryError, PermissionError, IsADirectoryError):
            continue
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"cannot read `{file}`: {getattr(error, 'strerror', 'not UTF-8')}") from error
        return AnsibleConfig(environ, file, _defaults(file, text))
    return AnsibleConfig(environ)


def _candidates(environ: Mapping[str, str], folder: Path) -> list[Path]:
    """In a folder that everybody may write to, an ansible.cfg could be anybody's."""
    found = []
    if named := environ.get("ANSIBLE_CONFIG"):
        path = Path(named).expanduser()
        found.append(path / "ansible.cfg" if path.is_dir() else path)
    if not folder.stat().st_mode & stat.S_IWOTH:
        found.append(folder / "ansible.cfg")
    if home := environ.get("HOME"):
        found.append(Path(home) / ".ansible.cfg")
    return [*found, Path("/etc/ansible/ansible.cfg")]


def _defaults(file: Path, text: str) -> dict[str, str]:
    import configparser  # few have such a file, and it takes 2 ms to import

    parser = configparser.ConfigParser(inline_comment_prefixes=(";",), interpolation=None, strict=False)
    try:
        parser.read_string(text, str(file))
    except configparser.Error as error:
        line = str(error).splitlines()[0]
        raise UsageError(
            f"`{file}` is not a configuration of Ansible: {line[:200]}",
            "correct it, or name another with ANSIBLE_CONFIG",
        ) from error
    return dict(parser["defaults"]) if parser.has_section("defaults") else {}
