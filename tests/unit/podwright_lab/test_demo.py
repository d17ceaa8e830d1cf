"""The story, told whole; and a story in which one thing does not happen."""

import threading
from pathlib import Path

import pytest

from podwright_lab import demo
from podwright_lab.lab_error import LabError


@pytest.mark.timeout(300)
def test_every_step_of_the_story_happens_and_nothing_is_left():
    said = []
    threads = threading.active_count()
    demo.tell(lambda line: said.append(line) or print(line), speed=10)
    text = "\n".join(said)
    commands = [line.strip() for line in text.splitlines() if line.startswith("   $ ")]
    for command in (
        "manifest render",
        "manifest push -y",
        "manifest diff",
        "drift check",
        "manifest remove hello -y",
    ):
        assert any(line.startswith(f"$ podwright {command}") for line in commands)
    assert said[-1].startswith("\nEvery step happened and was checked")
    folder = next(line.split("=")[1] for line in text.splitlines() if "PODWRIGHT_LAB_DIR=" in line)
    assert not Path(folder).exists()
    assert threading.active_count() == threads


class LabWithADeadKubelet(demo.Lab):
    def start(self):
        super().start()
        self.kubelets.stop("cp-2")


@pytest.mark.timeout(300)
def test_a_step_that_does_not_happen_ends_the_story_with_an_error(monkeypatch):
    monkeypatch.setattr(demo, "Lab", LabWithADeadKubelet)
    said = []
    with pytest.raises(LabError, match="`podwright manifest push -y` ended with 1, not 0"):
        demo.tell(said.append, speed=10)
    text = "\n".join(said)
    assert "cp-2" in text
    assert "3. " not in text
    assert "Every step happened" not in text
