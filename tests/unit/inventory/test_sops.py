"""Files that the real SOPS encrypted are opened through it, once, when a value is asked for."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from podwright.expressions.encrypted_values import Sealed
from podwright.expressions.errors import ExpressionError
from podwright.inventory.decryption import decrypting_reader
from podwright.inventory.load import load_inventory
from podwright.inventory.vault import Vault
from podwright.inventory.yaml_document import read_document

TEXT = """\
db_password: s3cret
port: 5432
ready: true
nested: {list: [1, two]}
plain_unencrypted: seen
"""


@pytest.fixture
def age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A key pair in the environment; returns its public half."""
    key = tmp_path / "age.txt"
    subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
    monkeypatch.setenv("SOPS_AGE_KEY_FILE", str(key))
    return subprocess.run(
        ["age-keygen", "-y", key], check=True, capture_output=True, text=True
    ).stdout.strip()


def encrypted(path: Path, age: str, text: str = TEXT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    kind = "json" if path.suffix == ".json" else "yaml"
    words = ["sops", "--encrypt", "--in-place", "--age", age, "--input-type", kind, "--output-type", kind]
    subprocess.run([*words, path], check=True, capture_output=True)
    return path


def read(path: Path) -> dict[str, object]:
    problems: list[object] = []
    document = read_document(path, problems, decrypting_reader(Vault()))  # type: ignore[arg-type]
    assert document is not None
    assert problems == []
    assert isinstance(document.value, dict)
    return document.value


def opened(value: object) -> object:
    if isinstance(value, dict):
        return {key: opened(item) for key, item in value.items()}
    if isinstance(value, list):
        return [opened(item) for item in value]
    return value.value() if isinstance(value, Sealed) else value


def test_names_are_read_without_the_key_and_values_with_it(tmp_path: Path, age: str) -> None:
    value = read(encrypted(tmp_path / "a.yaml", age))
    assert repr(value["db_password"]) == "[redacted]"
    assert value["plain_unencrypted"] == "seen"
    assert opened(value) == {
        "db_password": "s3cret",
        "port": 5432,
        "ready": True,
        "nested": {"list": [1, "two"]},
        "plain_unencrypted": "seen",
    }


def test_json_is_read_too(tmp_path: Path, age: str) -> None:
    assert opened(read(encrypted(tmp_path / "a.json", age, '{"a": {"b": "c"}}'))) == {"a": {"b": "c"}}


def test_the_program_runs_once_for_a_file(tmp_path: Path, age: str, monkeypatch: pytest.MonkeyPatch) -> None:
    value = read(encrypted(tmp_path / "a.yaml", age))
    assert isinstance(value["port"], Sealed)
    assert value["port"].value() == 5432
    monkeypatch.setenv("PATH", "")
    assert isinstance(value["db_password"], Sealed)
    assert value["db_password"].value() == "s3cret"


def test_what_stands_in_the_way_is_said(tmp_path: Path, age: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = encrypted(tmp_path / "a.yaml", age)
    monkeypatch.setenv("SOPS_AGE_KEY_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("HOME", str(tmp_path))
    for message, hint in (
        ("sops cannot decrypt the file: Failed to get the data key", "check that the key is there"),
        ("sops cannot decrypt the file: there is no such program", "install sops"),
    ):
        value = read(path)
        for name in ("db_password", "port"):
            sealed = value[name]
            assert isinstance(sealed, Sealed)
            with pytest.raises(ExpressionError) as caught:
                sealed.value()
            assert str(caught.value).startswith(message)
            assert caught.value.hint.startswith(hint)
            assert str(caught.value.place) == str(path)
        monkeypatch.setenv("PATH", "")


def test_a_variable_called_sops_is_a_variable(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("sops: {version: 3}\n")
    assert read(tmp_path / "a.yaml") == {"sops": {"version": 3}}


def test_files_are_found_by_the_names_that_ansibles_plugin_knows(tmp_path: Path, age: str) -> None:
    (tmp_path / "hosts.yaml").write_text("all: {hosts: {n1: {}}}\n")
    encrypted(tmp_path / "group_vars" / "all.sops.yaml", age, "a: of sops\n")
    (tmp_path / "group_vars" / "all.yml").write_text("a: plain\nb: plain\n")
    encrypted(tmp_path / "host_vars" / "n1" / "x.sops.yml", age, "c: 1\n")
    [node] = load_inventory(tmp_path / "hosts.yaml", reader=decrypting_reader(Vault())).nodes
    assert opened(dict(node.variables)) == {"a": "of sops", "b": "plain", "c": 1}
