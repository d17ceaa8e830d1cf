import sys

import pytest

from podwright_lab.cluster import Lab
from podwright_lab.lab_error import LabError
from podwright_lab.storyteller import Storyteller


@pytest.fixture
def said():
    return []


@pytest.fixture
def story(tmp_path, said):
    # never started: what is told here needs no node
    return Storyteller(Lab(tmp_path / "lab", nodes=1), said.append)


def test_a_command_is_shown_with_what_it_prints(story, said):
    story.chapter("How it goes")
    assert story.podwright("--version").startswith("podwright ")
    assert said[0] == "\n1. How it goes"
    assert said[1] == "\n   $ podwright --version"
    assert said[2].startswith("   podwright ")


def test_another_exit_status_than_the_story_needs_ends_it(story, said):
    with pytest.raises(LabError, match="`podwright manifest frobnicate` ended with 2, not 0"):
        story.podwright("manifest", "frobnicate")
    assert "No such command" in said[-1]
    story.podwright("manifest", "frobnicate", exit_status=2)


def test_a_command_that_does_not_end_ends_the_story(story, monkeypatch):
    monkeypatch.setattr("podwright_lab.storyteller._COMMAND_SECONDS", 0.01)
    with pytest.raises(LabError, match="`podwright --version` does not end"):
        story.podwright("--version")


def test_commands_see_the_lab_and_not_the_persons_own_site(story, monkeypatch, tmp_path):
    monkeypatch.setenv("PODWRIGHT_INVENTORY", "/production")
    monkeypatch.setenv("PODWRIGHT_BECOME", "1")
    environment = story._environment()
    assert environment["PODWRIGHT_INVENTORY"] == str(tmp_path / "lab/inventory")
    assert "PODWRIGHT_BECOME" not in environment
    assert environment["PATH"]


def test_what_did_not_happen_ends_the_story(story, said, monkeypatch):
    story.happened("the sun rose", True)
    assert said == ["   [checked] the sun rose"]
    with pytest.raises(LabError, match="this did not happen: it snowed"):
        story.happened("it snowed", False)
    monkeypatch.setattr("podwright_lab.storyteller._PATIENCE_SECONDS", 0.05)
    with pytest.raises(LabError, match="this did not happen in 0 s: it snows"):
        story.soon("it snows", lambda: False)
    assert story.soon("it rains", lambda: True) < 1


def test_output_cannot_steer_the_terminal(story, said, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    (tmp_path / "python").write_text("#!/bin/sh\nprintf 'a\\033[2Jb\\n'\n")
    (tmp_path / "python").chmod(0o755)
    story.podwright("manifest")
    assert said[-1] == "   a\\x1b[2Jb"
