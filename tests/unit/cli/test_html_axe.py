"""The report as axe-core judges it, for people who see no colour, use a keyboard or a screen reader."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from tests.cli.conftest import Site
from tests.fakes.browser import Browser, browser
from tests.fakes.nouns import manifest, pod_text
from tests.unit.operations.conftest import FakeNode

#: only the file is taken: the package's own modules drive another browser
AXE = files("axe_playwright_python") / "axe.min.js"
SERIOUS = ("serious", "critical")


def violations(tab) -> list[str]:
    tab.ask(AXE.read_text("utf-8"))
    found = json.loads(
        str(
            tab.ask(
                "axe.run(document, {resultTypes: ['violations']}).then(r => JSON.stringify(r.violations))"
            )
        )
    )
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {one['nodes'][0]['html'][:200]}"
        for one in found
        if one["impact"] in SERIOUS
    ]


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("chromium")) as one:
        yield one


@pytest.mark.parametrize(
    "command", [("drift", "check", "--wait-for", "file"), ("manifest", "status"), ("node", "check")]
)
def test_no_serious_violation(
    one_node: Site, node: FakeNode, tmp_path: Path, command: tuple[str, ...], tab: Browser
) -> None:
    one_node.template("other", pod_text("other"))
    one_node.inventory.write_text(
        "all: {hosts: {n1: {}}, vars: {static_pods: [web, other], podwright_waivers:"
        " [{drift: file-unmanaged, reason: soon, until: 9999-12-31}]}}\n"
    )
    node.place(manifest(image="example.com/web:9"))
    (node.folder / "foreign.yaml").write_text(pod_text("foreign"))
    page = tmp_path / "report.html"
    one_node.run(*command, "--html", str(page))
    for scheme in ("light", "dark"):
        tab.prefer(scheme)
        tab.open(page)
        assert violations(tab) == []
        tab.ask("document.querySelector('.matrix tbody a').click()")
        assert violations(tab) == []
