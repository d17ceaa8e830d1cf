"""What was pushed is in each node's history, as good once it was proven, and can be brought back."""

from __future__ import annotations

from tests.acceptance.conftest import NAME, Answer, Site


def push(site: Site, greeting: str, *arguments: str) -> Answer:
    site.greet(greeting)
    limit = ("-l", site.nodes[0].name, "--only", NAME)
    return site.podwright("manifest", "push", *limit, "-y", "--hold", "0", "-o", "json", *arguments)


def revisions(site: Site) -> list[dict]:
    answer = site.podwright("manifest", "history", NAME, "-l", site.nodes[0].name, "-o", "json")
    assert answer.code == 0, answer.err
    return answer.document["nodes"][0]["revisions"]


def text_of(site: Site) -> str:
    node = site.nodes[0]
    return site.shell(node, f"cat {site.folder_of(node)}/{NAME}.yaml")


def test_the_newest_good_content_is_brought_back_by_one_command(site: Site) -> None:
    assert push(site, "hello", "-m", "the first one").code == 0
    assert push(site, "good morning").code == 0
    second, first = revisions(site)[:2]
    assert [entry["outcome"] for entry in (first, second)] == ["good", "good"]
    assert (first["why"], first["current"], second["current"]) == ("the first one", False, True)
    assert (first["obstacle"], "@" in first["who"], first["command"]) == (None, True, "manifest push")
    assert "file" in first["proof"]
    shown = site.podwright(
        "manifest", "diff", NAME, "--revision", str(first["revision"]), "-l", site.nodes[0].name
    )
    assert "hello" in shown.out, shown.err
    answer = site.podwright(
        *("manifest", "rollback", NAME, "-l", site.nodes[0].name, "-y", "--hold", "0", "-o", "json"),
        *("-m", "the second one is rude"),
    )
    assert answer.code == 0, answer.err
    assert answer.document["nodes"][0]["pods"][0]["proven"]
    assert "hello" in text_of(site)
    third = revisions(site)[0]
    assert third["revision"] > second["revision"]
    assert (third["digest"], third["outcome"], third["current"]) == (first["digest"], "good", True)
    assert (third["command"], third["why"]) == ("manifest rollback", "the second one is rude")


def test_a_restart_leaves_the_history_as_it_is(site: Site) -> None:
    assert push(site, "hello").code == 0
    before = revisions(site)
    assert site.podwright("manifest", "restart", NAME, "-l", site.nodes[0].name, "-y").code == 0
    assert revisions(site) == before
