"""Templates come to the very bytes that ansible-core makes of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podwright.errors import TemplateError
from podwright.inventory.load import load_inventory
from podwright.templates.render import Renderer

HERE = Path(__file__).parent
SUFFIX = ".yaml.j2"


def templates() -> dict[str, str]:
    """The templates of corpus.txt by their names."""
    sections = (HERE / "corpus.txt").read_text().split("==== ")[1:]
    named = (section.split("\n", 1) for section in sections)
    return {name: text.replace("<CR>\n", "\r\n") for name, text in named}


def expressions() -> dict[str, str]:
    """One template for each line of expressions.txt."""
    lines = (HERE / "expressions.txt").read_text().splitlines()
    return {f"line-{number}": line.replace("\\N", "\n") + "\n" for number, line in enumerate(lines, 1)}


def by_ansible(site: Path, inventory: Path, names: list[str]) -> dict[str, dict[str, str]]:
    asked = {
        "inventory": str(inventory), "folder": str(site / "templates"), "host": "cp-1",
        "templates": [name + SUFFIX for name in names],
    }  # fmt: skip
    # its own configuration must not count, and it writes below its home
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(site),
        "ANSIBLE_DEPRECATION_WARNINGS": "0",
        "TZ": "UTC",
    }
    done = subprocess.run(
        [sys.executable, "-P", HERE / "render_with_ansible.py"],
        input=json.dumps(asked), capture_output=True, text=True, env=environ, check=False, cwd=site,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {name.removesuffix(SUFFIX): found for name, found in json.loads(done.stdout).items()}


def by_podwright(site: Path, inventory: Path, names: list[str]) -> dict[str, dict[str, str]]:
    loaded = load_inventory(inventory)
    node = next(node for node in loaded.nodes if node.name == "cp-1")
    renderer, found = Renderer(site / "templates"), {}
    for name in names:
        try:
            found[name] = {"text": renderer.render(name, node, loaded)}
        except TemplateError as error:
            found[name] = {"error": str(error)}
    return found


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("corpus", "inventory"), [(templates, "inventory.yaml"), (expressions, "expressions.yaml")]
)
def test_every_template_comes_to_the_same_bytes(tmp_path, record_property, corpus, inventory):
    site = tmp_path / "site"
    shutil.copytree(HERE / "site", site)
    texts = corpus()
    for name, text in texts.items():
        (site / "templates" / (name + SUFFIX)).write_bytes(text.encode())
    theirs = by_ansible(site, site / inventory, list(texts))
    ours = by_podwright(site, site / inventory, list(texts))
    other = {
        name: (theirs[name], ours[name])
        for name in texts
        if ("text" in theirs[name] or "text" in ours[name]) and theirs[name] != ours[name]
    }
    same = f"{len(texts) - len(other)}/{len(texts)}"
    record_property("summary", f"templates of {inventory}: {same} same as ansible-core's")
    assert other == {}


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.sampled_from([0.5, 1e20]) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
WAYS = ("", "| to_json", "| to_nice_json", "| to_yaml", "| to_nice_yaml(indent=2)", "~ ''")
SHOWN = "|".join(f"{{{{ v%d {way} }}}}" for way in WAYS)


@pytest.mark.timeout(300)
@given(st.lists(VALUES, min_size=40, max_size=40))
@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
def test_values_are_written_as_ansible_writes_them(tmp_path_factory, values):
    site = tmp_path_factory.mktemp("values")
    (site / "templates").mkdir()
    named = {f"v{number}": value for number, value in enumerate(values)}
    # JSON is YAML, but for what Ansible would take for a template
    text = json.dumps({"all": {"hosts": {"cp-1": {}}, "vars": named}}).replace("{#", "{ #")
    (site / "inventory.yaml").write_text(text.replace("{{", "{ {").replace("{%", "{ %"))
    for number in range(len(values)):
        (site / "templates" / f"t{number}{SUFFIX}").write_text(SHOWN.replace("%d", str(number)))
    names = [f"t{number}" for number in range(len(values))]
    theirs = by_ansible(site, site / "inventory.yaml", names)
    assert by_podwright(site, site / "inventory.yaml", names) == theirs
