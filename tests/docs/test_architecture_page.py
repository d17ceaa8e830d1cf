"""The page on architecture is true, and the code keeps what it and CONTRIBUTING.md promise of every file."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/architecture.md").read_text("utf-8")
SOURCES = sorted((ROOT / "src").rglob("*.py"))
OURS = {"podwright", "podwright_lab"}
#: each library's rooms; what may be imported anywhere stands in ANYWHERE
ROOMS = {
    "cerberus": {"podwright.inventory"},
    "click": {"podwright.cli", "podwright.reports", "podwright_lab"},
    "cryptography": {"podwright.inventory", "podwright.remote", "podwright_lab"},
    "distributed": {"podwright.cli.dask_workers"},
    "fabric": {"podwright.remote.ssh"},
    "invoke": {"podwright.remote.ssh"},
    "jinja2": {"podwright.expressions"},
    "markupsafe": {"podwright.expressions"},
    "paramiko": {"podwright.remote.ssh", "podwright_lab"},
    "rich": {"podwright.cli", "podwright.reports"},
    "urllib3": {"podwright.remote.kube", "podwright.remote.webhook"},
}
ANYWHERE = {"msgspec", "yaml"}


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)


def imported(path: Path) -> Iterator[str]:
    """The top-level packages that a file imports, lazily or not."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def our_modules(path: Path) -> Iterator[str]:
    """The modules of ours that a file imports, lazily or for its types alone too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] in OURS:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


@pytest.mark.parametrize(("page", "least"), [("docs/architecture.md", 40), ("CONTRIBUTING.md", 12)])
def test_every_path_on_the_page_is_there(page, least):
    text = (ROOT / page).read_text("utf-8")
    paths = re.findall(r"`((?:src|tests|docs|scripts|inventory|templates|benchmarks)/[^`<>*{ ]*)`", text)
    assert len(paths) > least
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_room_is_on_the_page():
    package = ROOT / "src/podwright"
    rooms = [path for path in package.iterdir() if (path / "__init__.py").is_file()]
    assert [room.name for room in rooms if f"`{room.name}/`" not in PAGE] == []


def test_the_table_of_additions_has_at_least_twenty_rows():
    table = PAGE[PAGE.index("| to add") :].split("\n\n")[0]
    assert len(table.splitlines()) - 2 >= 20


def test_every_library_is_imported_in_its_rooms_only():
    outside = [
        f"{name_of(path)} imports {library}"
        for path in SOURCES
        for library in set(imported(path)) - OURS - set(sys.stdlib_module_names) - ANYWHERE
        if not any(f"{name_of(path)}.".startswith(f"{room}.") for room in ROOMS.get(library, ()))
    ]
    assert outside == []


def test_no_module_imports_itself_in_a_circle_not_even_lazily():
    names = {name_of(path) for path in SOURCES}
    waiting = {name_of(path): {found for found in our_modules(path) if found in names} for path in SOURCES}
    free = {name for name, needed in waiting.items() if not needed}
    while free:
        waiting = {name: needed - free for name, needed in waiting.items() if name not in free}
        free = {name for name, needed in waiting.items() if not needed}
    # what is left is in a circle, or needs one that is
    assert sorted(waiting) == []


def test_no_file_is_longer_than_300_lines_and_no_function_longer_than_50():
    long = [f"{name_of(path)}: {lines(path)} lines" for path in SOURCES if lines(path) > 300]
    long += [
        f"{name_of(path)}.{name}: {length} lines"
        for path in SOURCES
        for name, length in functions(path)
        if length > 50
    ]
    assert long == []


def test_nine_files_of_ten_have_at_most_200_lines():
    lengths = sorted(lines(path) for path in (ROOT / "src/podwright").rglob("*.py") if lines(path) > 1)
    assert lengths[int(len(lengths) * 0.9)] <= 200


def test_a_module_of_60_lines_has_a_test_file_of_its_name():
    missing = []
    for path in SOURCES:
        package, *folders, _ = path.relative_to(ROOT / "src").parts
        inside = Path(*([package] if package != "podwright" else []), *folders)
        if lines(path) >= 60 and path.name != "__init__.py":
            expected = ROOT / "tests/unit" / inside / f"test_{path.name}"
            missing += [] if expected.is_file() else [str(expected.relative_to(ROOT))]
    assert missing == []


@pytest.mark.parametrize("package", sorted(OURS))
def test_the_contract_on_layers_is_exhaustive(package):
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = [
        entry for entry in contracts if entry["type"] == "layers" and entry.get("containers") == [package]
    ]
    if package == "podwright":
        assert [entry["exhaustive"] for entry in layers] == [True]
    ignored = [entry for contract in contracts for entry in contract.get("ignore_imports", ())]
    assert ignored == ["podwright.process -> subprocess"]
