"""The README can fail: every command is in it, its links lead somewhere, its examples run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from podwright.exit_codes import ExitCode
from podwright.inventory.load import load_inventory
from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import Workload
from podwright.plan.reasons import Drift
from podwright.templates.render import Renderer

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def fenced(after: str, language: str) -> str:
    """The first block of `language` after some words of the README, without the list's indentation."""
    text = README[README.index(after) :]
    block = text[text.index(f"```{language}\n") :].split("```")[1].removeprefix(f"{language}\n")
    lines = block.splitlines()
    margin = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    return "\n".join(line[margin:] for line in lines) + "\n"


def test_every_command_is_in_the_readme_and_every_option_in_its_reference() -> None:
    result = subprocess.run([sys.executable, ROOT / "scripts" / "reference", "--check"], check=False)
    assert result.returncode == 0, "run scripts/reference"


def test_every_exit_code_is_in_the_readme() -> None:
    table = README[README.index("## Exit codes") : README.index("## Commands")]
    assert re.findall(r"^\| (\d+) \|", table, re.MULTILINE) == [str(int(code)) for code in ExitCode]


@pytest.mark.parametrize(
    "page", ["README.md", *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md"))]
)
def test_links_to_pages_and_files_lead_somewhere(page: str) -> None:
    text = re.sub(r"```.*?```", "", (ROOT / page).read_text("utf-8"), flags=re.DOTALL)
    targets = [target for target in re.findall(r"\]\(([^)\s#]+)", text) if "://" not in target]
    missing = [target for target in targets if not ((ROOT / page).parent / target).exists()]
    assert missing == []


def test_the_five_minute_guide_makes_a_manifest_without_a_finding(tmp_path: Path) -> None:
    (tmp_path / "hosts.yaml").write_text(fenced("List the nodes", "yaml"))
    (tmp_path / "web.yaml.j2").write_text(fenced("Write the template", "yaml"))
    inventory = load_inventory(tmp_path / "hosts.yaml")
    assert [node.name for node in inventory.nodes] == ["cp-1", "cp-2", "cp-3"]
    for node in inventory.nodes:
        [pod] = node.static_pods
        text = Renderer(tmp_path).render(pod.template, node, inventory)
        manifest = Manifest.parse(Workload("web"), text, node_name=node.name)
        assert manifest.advice == ()


def test_every_kind_of_drift_has_its_line() -> None:
    page = (ROOT / "docs" / "drift.md").read_text("utf-8")
    assert re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE) == [drift.value for drift in Drift]


def test_the_example_site_is_valid() -> None:
    """The inventory and templates at the top of the project are what a first reader copies."""
    result = subprocess.run(
        [sys.executable, "-m", "podwright", "manifest", "validate", "--strict"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_nothing_in_the_project_names_a_package_registry() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    assert "--index" not in lock
