"""Every file of an inventory comes in by one door, which bounds, decrypts and decodes it."""

from __future__ import annotations

import pytest

from podwright.errors import InventoryError
from podwright.inventory import file_reader
from podwright.inventory.file_reader import FileReader
from podwright.inventory.load import load_inventory
from podwright.inventory.yaml_document import read_document
from podwright.inventory.yaml_nodes import DocumentError


def problem_of(path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(DocumentError) as caught:
        FileReader().text(path)
    return str(caught.value.problem).removeprefix(f"{path.parent}/")


def test_a_file_that_is_not_utf8_is_named_with_the_place(tmp_path):
    assert problem_of(tmp_path / "f.yaml", b"a: b\nc: caf\xe9\n") == "f.yaml:2:7: this is not UTF-8"


def test_a_comment_may_be_in_another_encoding(tmp_path):
    (tmp_path / "hosts").write_bytes(b"# caf\xe9\nn a=1\n ; \xfc\n")
    assert FileReader().text(tmp_path / "hosts") == "\nn a=1\n\n"


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path):
    (tmp_path / "f.yaml").write_bytes(b"\xef\xbb\xbfa: b\n")
    assert read_document(tmp_path / "f.yaml", []).value == {"a": "b"}


def test_a_file_without_an_end_is_not_read_to_it(tmp_path, monkeypatch):
    monkeypatch.setattr(file_reader, "MAX_FILE_BYTES", 100)
    assert "is larger than" in problem_of(tmp_path / "f.yaml", b"a: " + b"x" * 200)


def test_an_encrypted_inventory_is_refused_without_a_password(tmp_path):
    (tmp_path / "hosts").write_text("$ANSIBLE_VAULT;1.1;AES256\n" + b"61\n62\n63".hex())
    with pytest.raises(InventoryError, match="ansible-vault encrypted this file, and it cannot be decrypted"):
        load_inventory(tmp_path / "hosts")


def test_structure_and_variables_come_in_by_the_same_door(tmp_path):
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "hosts.yaml").write_bytes(b"nyyb"[::-1])
    (tmp_path / "group_vars/all").write_text("secret: !locked abc")
    reader = FileReader(
        decrypt=lambda path, content: b"all: {hosts: {n: }}" if path.name == "hosts.yaml" else content,
        tags={"!locked": lambda text, _place: f"unlocked {text}"},
    )
    [node] = load_inventory(tmp_path / "hosts.yaml", reader=reader).nodes
    assert (node.name, node.variables) == ("n", {"secret": "unlocked abc"})


def test_what_cannot_be_read_is_a_problem_with_its_file(tmp_path):
    (tmp_path / "hosts.yaml").write_bytes(b"all: \xff")
    with pytest.raises(InventoryError) as caught:
        load_inventory(tmp_path / "hosts.yaml")
    assert [str(problem) for problem in caught.value.problems] == [
        f"{tmp_path}/hosts.yaml:1:6: this is not UTF-8"
    ]
