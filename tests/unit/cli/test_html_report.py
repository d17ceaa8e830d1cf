"""The HTML report as a person meets it: written by the command, opened from disk in a browser."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.conftest import Site
from tests.fakes.browser import Browser, browser
from tests.fakes.nouns import manifest, pod_text
from tests.unit.operations.conftest import FakeNode

WEB = manifest()
#: what a node may have in its files; each would leave a mark if it ran, or ask the network if it were loaded
ATTACK = "x</pre></script><script>window.ran=1</script><img src=http://127.0.0.1:9/x onerror=window.ran=1>"


@pytest.fixture
def report(one_node: Site, node: FakeNode, tmp_path: Path) -> Path:
    """Of a node that runs `other` as it should, and something else than it should as `web`."""
    one_node.template("other", pod_text("other"))
    one_node.inventory.write_text(
        "all: {hosts: {n1: {}}, vars: {static_pods: [web, other], api_password: tooth-and-nail}}\n"
    )
    there = WEB.text(1).replace("example.com/web:1", f'"{ATTACK}"')
    (node.folder / "web.yaml").write_text(there.replace("sleep 100000", "echo tooth-and-nail"))
    (node.folder / "web.yaml").chmod(0o600)
    node.place(manifest("other"))
    path = tmp_path / "report.html"
    assert one_node.run("drift", "check", "--wait-for", "file", "--html", str(path)).code == 3
    return path


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("chromium")) as one:
        yield one


def test_the_page_is_its_owners_and_replaced_whole(report: Path) -> None:
    assert report.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in report.parent.glob(".report*")] == []


def test_a_report_that_cannot_be_written_is_told_and_the_findings_too(one_node: Site, tmp_path: Path) -> None:
    answer = one_node.run("drift", "check", "--wait-for", "file", "--html", str(tmp_path / "no" / "r.html"))
    assert answer.code == 2
    assert "the report cannot be written" in answer.err
    assert "n1: file-missing: web.yaml: " in answer.out


def test_secrets_are_not_in_it(report: Path) -> None:
    text = report.read_text()
    assert "tooth-and-nail" not in text
    assert "[redacted]" in text


def test_a_browser_shows_it_runs_nothing_of_a_node_and_asks_nobody(report: Path, chromium: Browser) -> None:
    chromium.logged.clear()
    chromium.requested.clear()
    chromium.open(report)
    assert chromium.ask("document.querySelector('h1').textContent") == (
        "1 finding on 1 of 1 node, none critical"
    )
    cells = "[...document.querySelector('.matrix tbody tr').cells].map(cell => cell.textContent.trim())"
    assert chromium.ask(cells) == ["n1", "▲ file-changed", "✓ in sync"]
    assert "<script>window.ran=1</script>" in str(chromium.ask("document.querySelector('.diff').textContent"))
    assert chromium.ask("window.ran === undefined") is True
    assert chromium.ask("document.querySelectorAll('img').length") == 0
    assert chromium.logged == []
    assert chromium.requested == [report.as_uri()]


def test_a_script_that_is_put_into_the_page_does_not_run(report: Path, chromium: Browser) -> None:
    """Should escaping ever fail, the page's policy stands."""
    planted = report.with_name("planted.html")
    with socket.create_server(("127.0.0.1", 0)) as server:
        attack = ATTACK.replace(":9/", f":{server.getsockname()[1]}/")
        planted.write_text(report.read_text().replace("<main>", f"<main>{attack}"))
        chromium.open(planted)
        assert chromium.ask("document.querySelectorAll('img').length") == 1
        assert chromium.ask("window.ran === undefined") is True
        server.settimeout(0.5)
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_click_opens_the_diff_and_the_remedy_and_escape_goes_back(report: Path, chromium: Browser) -> None:
    chromium.open(report)
    chromium.ask("document.querySelector('td.drift a').click()")
    shown = str(chromium.ask("document.querySelector('dialog[open]').innerText"))
    assert "web on n1: ▲ file-changed" in shown
    assert "podwright manifest push --diff --only=web" in shown
    assert "+    image: example.com/web:1" in shown
    chromium.press("Escape", 27)
    assert chromium.ask("document.querySelector('dialog[open]')") is None
    assert chromium.ask("document.activeElement.textContent") == "▲ file-changed"


def test_filters_and_search_leave_what_is_asked_for(report: Path, chromium: Browser) -> None:
    chromium.open(report)
    rows = "[...document.querySelectorAll('.matrix tbody tr')].filter(row => row.offsetParent).length"
    assert chromium.ask(rows) == 1
    chromium.ask("document.querySelector('#show-drift').click()")
    assert (chromium.ask(rows), chromium.ask("document.querySelector('#count').textContent")) == (
        0,
        "0 of 1 shown",
    )
    chromium.ask("document.querySelector('#problems').click()")
    assert chromium.ask(rows) == 1
    for words, left in (("n1 file-changed", 1), ("n2", 0)):
        chromium.ask(f"document.querySelector('#search').value = '{words}'")
        chromium.ask("document.querySelector('#search').dispatchEvent(new Event('input', {bubbles: true}))")
        assert chromium.ask(rows) == left


def test_the_keyboard_reaches_every_cell(report: Path, chromium: Browser) -> None:
    chromium.open(report)
    chromium.ask("document.querySelector('.matrix').focus()")
    chromium.press("Enter", 13)
    assert chromium.ask("document.activeElement.textContent") == "▲ file-changed"
    chromium.press("ArrowRight", 39)
    assert chromium.ask("document.activeElement.textContent.trim()") == "✓ in sync"
    chromium.press("Enter", 13)
    assert "other on n1: ✓ in sync" in str(chromium.ask("document.querySelector('dialog[open]').innerText"))


def test_checks_of_nodes_are_the_same_page(one_node: Site, tmp_path: Path, chromium: Browser) -> None:
    waiver = f"{{check: kubelet-enabled, reason: '{ATTACK}', until: 9999-12-31}}"
    one_node.inventory.write_text(f"all: {{hosts: {{n1: {{podwright_waivers: [{waiver}]}}}}}}\n")
    page = tmp_path / "checks.html"
    assert one_node.run("node", "check", "--html", str(page)).code in (3, 4)
    chromium.logged.clear()
    chromium.requested.clear()
    chromium.open(page)
    columns = "[...document.querySelectorAll('.matrix thead th')].map(one => one.firstChild.textContent)"
    shown = chromium.ask(columns)
    assert (shown[0], shown[-1], "kubelet-enabled" in shown) == ("node", "other checks", True)
    chromium.ask("document.querySelector('td.excused a').click()")
    assert f"waived until 9999-12-31: {ATTACK}" in str(
        chromium.ask("document.querySelector('dialog[open]').innerText")
    )
    assert chromium.ask("window.ran === undefined") is True
    assert (chromium.logged, chromium.requested) == ([], [page.as_uri()])


def test_without_scripts_it_is_readable_and_links_lead_to_the_details(
    report: Path, chromium: Browser
) -> None:
    chromium.open(report, script=False)
    try:
        assert chromium.ask("document.querySelector('.scripted').hidden") is True
        assert chromium.ask("document.querySelector('td.drift a').hash") == "#card-0"
        assert "podwright manifest push" in str(chromium.ask("document.querySelector('#card-0').innerText"))
    finally:
        chromium.open(report)
