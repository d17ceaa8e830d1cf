import os

import pytest

from podwright_lab.kubelet import folder_watch
from podwright_lab.kubelet.folder_watch import FolderWatches, Happened

READ, DROP = Happened.READ, Happened.DROP


@pytest.fixture(params=["inotify", "looking"])
def watches(request, monkeypatch):
    if request.param == "looking":
        monkeypatch.setattr(folder_watch, "_inotify", lambda: (None, None))
    made = FolderWatches()
    if request.param == "inotify" and made.fileno is None:
        pytest.skip("there is no inotify here")
    yield made
    made.close()


@pytest.fixture
def watched(watches, tmp_path):
    """Returns the folder and a function that gives what happened since the last call."""
    folder = tmp_path / "manifests"
    folder.mkdir()
    heard = []
    watches.add(folder, lambda happened, name: heard.append((happened, name)))

    def since():
        watches.poll()
        told = list(dict.fromkeys(heard))
        heard.clear()
        return told

    return folder, since


def test_a_new_file_and_a_changed_one_are_read(watched):
    folder, since = watched
    (folder / "a.yaml").write_text("one")
    assert since() == [(READ, "a.yaml")]
    with (folder / "a.yaml").open("a") as file:
        file.write("more")
    assert since() == [(READ, "a.yaml")]


def test_a_removed_file_is_dropped(watched):
    folder, since = watched
    (folder / "a.yaml").write_text("one")
    since()
    (folder / "a.yaml").unlink()
    assert since() == [(DROP, "a.yaml")]


def test_a_rename_drops_the_old_name_and_reads_the_new(watched):
    folder, since = watched
    (folder / "a.yaml").write_text("one")
    since()
    (folder / "a.yaml").rename(folder / "b.yaml")
    assert since() == [(DROP, "a.yaml"), (READ, "b.yaml")]


def test_a_rename_over_a_file_is_one_reading(watched):
    folder, since = watched
    (folder / "a.yaml").write_text("one")
    (folder.parent / "new").write_text("two")
    since()
    (folder.parent / "new").rename(folder / "a.yaml")
    assert since() == [(READ, "a.yaml")]


def test_a_change_of_mode_or_time_is_a_reading(watched):
    folder, since = watched
    (folder / "a.yaml").write_text("one")
    since()
    (folder / "a.yaml").chmod(0o600)
    assert since() == [(READ, "a.yaml")]
    os.utime(folder / "a.yaml", (1, 1))
    assert since() == [(READ, "a.yaml")]


def test_nothing_is_heard_from_a_folder_that_took_the_place_of_the_watched_one(watched):
    folder, since = watched
    folder.rename(folder.with_name("away"))
    folder.mkdir()
    since()
    (folder / "a.yaml").write_text("one")
    assert since() == []


def test_a_folder_that_is_not_there_cannot_be_watched(watches, tmp_path):
    with pytest.raises(OSError, match="No such file"):
        watches.add(tmp_path / "nowhere", lambda *_: None)


def test_a_removed_watch_is_silent(watches, tmp_path):
    heard = []

    def listener(happened, name):
        heard.append(name)

    watch = watches.add(tmp_path, listener)
    watches.remove(watch, listener)
    (tmp_path / "a.yaml").write_text("one")
    watches.poll()
    assert heard == []


def test_two_listeners_of_one_folder_hear_the_same(watches, tmp_path):
    heard = []
    for listener in ("first", "second"):
        watches.add(tmp_path, lambda _, name, listener=listener: heard.append((listener, name)))
    (tmp_path / "a.yaml").touch()
    watches.poll()
    assert {("first", "a.yaml"), ("second", "a.yaml")} <= set(heard)
