import os
from pathlib import Path

import pytest

from podwright_lab.kubelet.agenda import Agenda, Scope
from podwright_lab.kubelet.file_source import LIMIT, FileSource
from podwright_lab.kubelet.folder_watch import FolderWatches
from podwright_lab.kubelet.run import NodeSettings, Run, World
from podwright_lab.kubelet.timing import Jitter, Timing

POD = "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n  containers: [{{name: c, image: '{image}'}}]\n"


class Source:
    """A file source in virtual time; `pods` maps names to the images of their containers."""

    def __init__(self, folder):
        self.folder = folder
        self.agenda, self.watches, self.lines = Agenda(), FolderWatches(), []
        world = World(None, self.agenda, self.watches, None, Timing(), Jitter(), None)
        run = Run(NodeSettings("n1", folder, folder.parent / "kubelet"), world, Scope(), self.lines.append)
        self.sets = []
        self.source = FileSource(run, self.sets.append)

    def start(self):
        self.source.start()
        return self

    def write(self, name, pod="app", image="one", text=None):
        (self.folder / name).write_text(POD.format(name=pod, image=image) if text is None else text)
        self.watches.poll()

    def tick(self, count=1):
        self.watches.poll()
        self.agenda.run_until(self.agenda.now + 20.0 * count)

    @property
    def pods(self):
        return {pod["metadata"]["name"]: pod["spec"]["containers"][0]["image"] for pod in self.sets[-1]}

    def logged(self, word):
        return [line for line in self.lines if word in line]


@pytest.fixture
def source(tmp_path):
    (tmp_path / "manifests").mkdir()
    made = Source(tmp_path / "manifests")
    yield made
    made.source.stop()
    made.watches.close()


def test_files_that_are_there_are_read_at_the_start(source):
    source.write("a.yaml")
    source.start()
    assert source.pods == {"app-n1": "one"}


@pytest.mark.parametrize("name", ["a", "a.txt", "a.yaml.bak", "a.yaml~", "#a#", "a b.json"])
def test_every_name_without_a_leading_dot_is_a_manifest(source, name):
    source.start().write(name)
    assert source.pods == {"app-n1": "one"}
    source.tick()
    assert source.pods == {"app-n1": "one"}


def test_a_dot_file_is_nothing(source):
    source.start().write(".a.yaml")
    source.tick()
    assert source.pods == {}


def test_a_bad_file_keeps_its_pod_until_the_tick(source):
    source.start().write("a.yaml")
    source.write("a.yaml", text="kind: [")
    assert source.pods == {"app-n1": "one"}
    assert source.logged("Unable to process watch event")
    source.tick()
    assert source.pods == {}
    assert source.logged("Could not process manifest file")


def test_of_two_files_of_one_pod_the_last_event_wins_and_then_the_last_name(source):
    source.start().write("b.yaml", image="b")
    source.write("a.yaml", image="a")
    assert source.pods == {"app-n1": "a"}
    source.tick()
    assert source.pods == {"app-n1": "b"}


@pytest.mark.parametrize("removed", ["a.yaml", "b.yaml"])
def test_when_either_of_them_goes_the_pod_goes_until_the_tick(source, removed):
    source.start().write("a.yaml", image="a")
    source.write("b.yaml", image="b")
    (source.folder / removed).unlink()
    source.watches.poll()
    assert source.pods == {}
    source.tick()
    assert source.pods == {"app-n1": "b" if removed == "a.yaml" else "a"}


def test_the_second_of_them_is_missed_when_it_goes(source):
    source.start().write("a.yaml")
    source.write("b.yaml")
    for name in ("a.yaml", "b.yaml"):
        (source.folder / name).unlink()
        source.watches.poll()
    assert source.logged("doesn't exist in cache")


def test_a_changed_name_in_a_file_adds_a_pod_and_the_old_one_goes_at_the_tick(source):
    source.start().write("a.yaml", pod="old")
    source.write("a.yaml", pod="new")
    assert set(source.pods) == {"old-n1", "new-n1"}
    source.tick()
    assert set(source.pods) == {"new-n1"}


def test_an_emptied_folder_ends_all_and_the_next_event_brings_them_back_for_a_while(source):
    source.start().write("a.yaml", pod="a")
    source.write("a.yaml", text="")
    source.tick()
    assert source.pods == {}
    source.write("b.yaml", pod="b")
    assert set(source.pods) == {"a-n1", "b-n1"}
    source.tick()
    assert set(source.pods) == {"b-n1"}


def test_a_link_is_followed_and_its_target_is_heard_at_the_tick_only(source):
    target = source.folder.parent / "target"
    target.write_text(POD.format(name="app", image="one"))
    source.start()
    (source.folder / "a.yaml").symlink_to(target)
    source.watches.poll()
    target.write_text(POD.format(name="app", image="two"))
    source.watches.poll()
    assert source.pods == {"app-n1": "one"}
    source.tick()
    assert source.pods == {"app-n1": "two"}


def test_folders_sockets_and_dangling_links_harm_nobody(source):
    source.start().write("a.yaml")
    (source.folder / "folder").mkdir()
    (source.folder / "folder" / "b.yaml").write_text(POD.format(name="inner", image="one"))
    (source.folder / "dangling").symlink_to("/nowhere/at/all")
    os.mkfifo(source.folder / "later")
    (source.folder / "later").unlink()
    source.tick()
    assert source.pods == {"app-n1": "one"}
    assert source.logged("not recursing into manifest path")
    assert source.logged("Could not get metadata")


def test_ten_mebibytes_are_too_much(source):
    source.start().write("a.yaml", text=POD.format(name="app", image="one") + "#" * LIMIT)
    assert source.sets[-1] == []
    assert source.logged("the read limit is reached")


def test_a_folder_that_is_replaced_is_only_looked_at(source):
    source.start().write("a.yaml")
    source.folder.rename(source.folder.with_name("away"))
    source.folder.mkdir()
    source.write("b.yaml", pod="late")
    assert set(source.pods) == {"app-n1"}
    source.tick()
    assert set(source.pods) == {"late-n1"}


def test_a_folder_that_is_missing_at_the_start_is_watched_once_it_comes(source):
    source.folder.rmdir()
    source.start()
    assert source.pods == {}
    source.agenda.run_until(1.5)
    source.folder.mkdir()
    source.agenda.run_until(3.0)
    source.write("a.yaml")
    assert source.pods == {"app-n1": "one"}


def test_a_folder_that_goes_takes_its_pods_at_the_tick(source):
    source.start().write("a.yaml")
    source.folder.rename(source.folder.with_name("away"))
    assert source.pods == {"app-n1": "one"}
    source.tick()
    assert source.pods == {}
    assert source.logged("path does not exist, ignoring")


def test_a_fifo_holds_everything_up_and_then_all_of_it_happens(source):
    source.start()
    os.mkfifo(source.folder / "pipe")
    source.watches.poll()
    source.write("a.yaml")
    source.tick(2)
    assert source.pods == {}
    os.close(os.open(source.folder / "pipe", os.O_WRONLY | os.O_NONBLOCK))
    source.agenda.run_until(source.agenda.now + 0.5)
    assert source.pods == {"app-n1": "one"}


def test_a_stopped_source_leaves_no_descriptor(source):
    before = len(list(Path("/proc/self/fd").iterdir()))
    source.start()
    os.mkfifo(source.folder / "pipe")
    source.watches.poll()
    source.source.stop()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
