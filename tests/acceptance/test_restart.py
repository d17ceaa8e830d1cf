"""A restart by two writes: the same digest, another pod, and no moment without a whole file."""

from __future__ import annotations

import re
import threading

from tests.acceptance.conftest import NAME, Site

from podwright.inventory.node import Node

_DIGEST = re.compile(r"podwright\.dev/digest: *(\S+)")


def text_of(site: Site, node: Node) -> str:
    return site.shell(node, f"cat {site.folder_of(node)}/{NAME}.yaml")


def test_a_restart_takes_seconds_and_changes_no_content(site: Site) -> None:
    node = site.nodes[0]
    assert site.podwright("manifest", "push", "-l", node.name, "--only", NAME, "-y").code == 0
    before = text_of(site, node)
    seen, stop = set(), threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.add(text_of(site, node))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        answer = site.podwright(
            "manifest", "restart", NAME, "-l", node.name, "-y", "--hold", "0", "-o", "json"
        )
    finally:
        stop.set()
        reader.join()
    assert answer.code == 0, answer.err
    [result] = answer.document["nodes"]
    assert [entry["what"] for entry in result["applied"]] == ["written", "second"]
    assert result["pods"][0]["proven"]
    # by one write it would be 10 s or more
    assert max(result["nothingRanSeconds"].values()) < 10
    assert {_DIGEST.search(text)[1] for text in seen} == {_DIGEST.search(before)[1]}, "whole throughout"
    again = site.podwright("manifest", "push", "-l", node.name, "--only", NAME, "-y", "-o", "json")
    assert again.document["nodes"][0]["status"] == "unchanged"
