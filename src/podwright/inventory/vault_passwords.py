"""Gets the passwords of `ansible-vault` from where Ansible gets them: files, programs, prompts, its configuration."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from msgspec import Struct

from podwright.errors import UsageError
from podwright.inventory.ansible_config import AnsibleConfig
from podwright.inventory.vault import DEFAULT_LABEL, VaultPassword
from podwright.process import ProcessError, others_may_write, run
from podwright.secret import Secret

_PROMPT = "prompt"
_SECONDS = 120.0
MAX_BYTES = 64 << 10

#: Asks a person; the text is the prompt.
Ask = Callable[[str], Secret]
Tell = Callable[[str], None]


class VaultOptions(Struct, frozen=True):
    """What the command line says of passwords."""

    ids: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    ask: bool = False


class _Source(Struct, frozen=True):
    """Where one password comes from; `said_by` is empty when the command line says so."""

    label: str
    path: Path | None
    said_by: str = ""


def vault_passwords(
    options: VaultOptions, config: AnsibleConfig, ask: Ask, tell: Tell
) -> tuple[VaultPassword, ...]:
    """Return all passwords, in Ansible's order. `tell` is told of those that the command line does not name.

    Raises UsageError when one cannot be got.
    """
    found = []
    for source in _sources(options, config):
        if source.said_by:
            tell(f"the vault password is from `{source.path or _PROMPT}`, as {source.said_by} says")
        found.append(VaultPassword(source.label or DEFAULT_LABEL, _password(source, ask)))
    return tuple(found)


def _sources(options: VaultOptions, config: AnsibleConfig) -> Iterable[_Source]:
    """As Ansible puts them together (`CLI.build_vault_ids`): identities, ids, files, the file it is set to, a prompt."""
    if listed := config.setting("vault_identity_list", "ANSIBLE_VAULT_IDENTITY_LIST"):
        for item in filter(None, map(str.strip, listed.value.split(","))):
            yield _source(item, listed.said_by, listed.folder)
    for item in options.ids:
        yield _source(item)
    for path in options.files:
        yield _Source(DEFAULT_LABEL, path.expanduser())
    if file := config.setting("vault_password_file", "ANSIBLE_VAULT_PASSWORD_FILE"):
        yield _Source(DEFAULT_LABEL, file.path(), file.said_by)
    if options.ask:
        yield _Source(DEFAULT_LABEL, None)
    elif config.switched_on("ask_vault_pass", "ANSIBLE_ASK_VAULT_PASS"):
        yield _Source(DEFAULT_LABEL, None, "ANSIBLE_ASK_VAULT_PASS or ansible.cfg")


def _source(text: str, said_by: str = "", folder: Path = Path()) -> _Source:
    """Read `LABEL@SOURCE`, or a source alone."""
    label, at, source = text.partition("@")
    if not at:
        label, source = "", text
    path = None if source in (_PROMPT, "prompt_ask_vault_pass") else folder / Path(source).expanduser()
    return _Source(label, path, said_by)


def _password(source: _Source, ask: Ask) -> Secret:
    if source.path is None:
        return ask(f"vault password ({source.label}): " if source.label else "vault password: ")
    path = source.path
    try:
        is_program = path.is_file() and os.access(path, os.X_OK)
        if is_program and others_may_write(path):
            raise UsageError(
                f"the vault password program `{path}` is not run, since every user may change it",
                f"take that away, then read what is in it: `chmod o-w {path}`",
            )
        # blanks around it are Ansible's to drop: of a file all, of a program's output only line ends
        password = (
            _output(path, source.label).strip(b"\r\n")
            if is_program
            else path.read_bytes()[:MAX_BYTES].strip()
        )
    except OSError as error:
        raise UsageError(
            f"cannot read the vault password file `{path}`: {error.strerror}", "check its path and its mode"
        ) from error
    if not password:
        raise UsageError(f"the vault password file `{path}` gives no password", "write the password into it")
    return Secret(password.decode("utf-8", "surrogateescape"))


def _output(program: Path, label: str) -> bytes:
    """What a program prints; one whose name ends with `-client` is told the label, as by Ansible."""
    told = ("--vault-id", label) if program.stem.endswith("-client") and label else ()
    try:
        # it may ask the person for something
        done = run((str(program.absolute()), *told), seconds=_SECONDS, interactive=True)
    except ProcessError as error:
        hint = "run it by hand; if it is not a program, take its executable bit away"
        raise UsageError(f"the vault password program `{program}`: {error}", hint) from error
    if done.exit_status:
        raise UsageError(
            f"the vault password program `{program}` failed with status {done.exit_status}", "run it by hand"
        )
    return done.stdout
