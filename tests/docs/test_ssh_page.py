"""The page on SSH names the ssh_config keywords that the code reads, and no others."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
STRUCTURE = {"host", "match", "include"}


def test_the_page_lists_exactly_the_keywords_that_are_read() -> None:
    page = (ROOT / "docs" / "ssh.md").read_text("utf-8")
    listed = page[page.index("\nHonoured: ") : page.index("; the tokens")]
    listed = re.sub(r"\(.*?\)", "", listed, flags=re.S)
    documented = {word.lower() for word in re.findall(r"`(\w+)`", listed)} - STRUCTURE
    remote = ROOT / "src" / "podwright" / "remote" / "ssh"
    settings = (remote / "config_settings.py").read_text("utf-8")
    matching = (remote / "config_match.py").read_text("utf-8")
    read = set(re.findall(r'found,\s*"(\w+)"', settings)) | set(re.findall(r'keyword == "(\w+)"', settings))
    read |= set(re.findall(r'_first\("(\w+)"', matching))
    assert documented == read
