"""Only what lies below the templates folder is read."""

from __future__ import annotations

import pytest

from podwright.errors import UsageError
from podwright.expressions.errors import ExpressionError, UnknownTemplateError
from podwright.templates.files import TemplateFiles


def test_a_template_is_its_text_and_path(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/a.j2").write_bytes(b"\xef\xbb\xbfa: b\n")
    assert TemplateFiles(tmp_path).load("parts/a.j2") == ("a: b\n", f"{tmp_path}/parts/a.j2")


@pytest.mark.parametrize(
    "name", ["../outside.j2", "/etc/passwd", "link.j2", "folder/../../outside.j2", "a\0b"]
)
def test_nothing_outside_is_read(tmp_path, name):
    folder = tmp_path / "templates"
    (folder / "folder").mkdir(parents=True)
    (tmp_path / "outside.j2").write_text("x")
    (folder / "link.j2").symlink_to(tmp_path / "outside.j2")
    with pytest.raises(ExpressionError, match="is not below the templates folder"):
        TemplateFiles(folder).load(name)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: b\nc: caf\xe9\n", "line 2 of the template is not UTF-8"),
        (b"x" * ((1 << 20) + 1), "the template is larger than 1 MiB"),
        (b"$ANSIBLE_VAULT;1.1;AES256\n6162\n", "ansible-vault encrypted this template"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path, content, message):
    (tmp_path / "t.yaml.j2").write_bytes(content)
    with pytest.raises(ExpressionError, match=message):
        TemplateFiles(tmp_path).load("t.yaml.j2")


def test_a_folder_is_not_a_template(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(ExpressionError, match="cannot be read"):
        TemplateFiles(tmp_path).load("folder")


def test_what_is_not_there_gets_a_hint_when_something_near_is(tmp_path):
    (tmp_path / "haproxy.yaml.j2").write_text("")
    (tmp_path / "b.yml.j2").write_text("")
    files = TemplateFiles(tmp_path)
    hints = []
    for name in ("haprxoy.yaml.j2", "b.yaml.j2", "zzzzzzzzzzzzzzzz"):
        with pytest.raises(UnknownTemplateError) as caught:
            files.load(name)
        hints.append(caught.value.hint)
    assert hints == [
        "did you mean `haproxy.yaml.j2`?",
        "`b.yml.j2` is there: rename it, the ending is `.yaml.j2`",
        f"templates lie below `{tmp_path}`",
    ]


def test_names_are_sorted_and_a_missing_folder_is_a_usage_error(tmp_path):
    for name in ("b.yaml.j2", "a.yaml.j2", "_part.yaml.j2", ".hidden.yaml.j2", "c.j2"):
        (tmp_path / name).write_text("")
    assert TemplateFiles(tmp_path).names() == ("a", "b")
    with pytest.raises(UsageError, match="no folder of templates"):
        TemplateFiles(tmp_path / "nowhere").names()
