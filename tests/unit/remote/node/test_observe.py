"""A look at a node by the real program: honest folders, hostile folders, and a runtime of any manners."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, written
from tests.fakes.shell_host import stand_in

from podwright.errors import HostError, ProgramError
from podwright.plan.observed import FileKind, FolderRights, FolderState
from podwright.plan.unknown_fact import Unknown
from podwright.remote.node.observe import Part, observe, parse_observation
from podwright.remote.node.records import Record

WEB = manifest()


def test_a_file_is_seen_byte_for_byte_with_its_mode(node) -> None:
    path = node.folder / "web.yaml"
    path.write_bytes(written(WEB).content)
    path.chmod(0o640)
    [file] = node.look().files
    assert (file.name, file.kind, file.mode, file.content) == (
        "web.yaml",
        FileKind.REGULAR,
        "640",
        written(WEB).content,
    )
    assert (file.inode, file.owner) == (path.stat().st_ino, str(os.getuid()))


@pytest.mark.parametrize(
    "content", [b"", b"no end", b"end\n", b"\n\n\n", b"a\x00b\xff\r\n", b"@ x\n@end end\n"]
)
def test_any_content_is_seen_as_it_is(node, content) -> None:
    (node.folder / "x").write_bytes(content)
    assert [file.content for file in node.look().files] == [content]


NAMES = [
    b"web.yaml ",
    b" web.yaml",
    b"a b  c",
    b"-rf",
    b"--",
    b"$(touch never)",
    b"`id`",
    b"'",
    b'"',
    b"\\n",
    b"*",
    b"a\rb",
    b"\x1b[31mred",
    b"\xff\xfe",
    "é".encode(),
    b"~",
    b"x" * 255,
]


def test_names_of_every_kind_are_seen_as_they_are(node) -> None:
    for name in NAMES:
        (Path(os.fsdecode(bytes(node.folder) + b"/" + name))).write_bytes(name)
    files = {os.fsencode(file.name): file.content for file in node.look().files}
    assert files == {name: name for name in NAMES}


def test_a_name_that_ends_in_a_space_is_not_ours(node) -> None:
    (node.folder / "web.yaml ").write_bytes(written(WEB).content)
    assert node.look().file("web.yaml") is None


def test_a_name_with_a_line_end_is_seen_and_never_opened(node) -> None:
    (node.folder / "a\nb").write_text("x")
    (node.folder / "web.yaml").write_text("y")
    files = {file.name: file.kind for file in node.look().files}
    assert files == {"a\nb": FileKind.OTHER, "web.yaml": FileKind.REGULAR}


def test_dot_files_are_not_the_kubelets(node) -> None:
    (node.folder / ".podwright.x").write_text("x")
    (node.folder / ".#web.yaml").write_text("x")
    assert node.look().files == ()


def test_what_is_no_file_is_seen_for_what_it_is_and_never_opened(node) -> None:
    os.mkfifo(node.folder / "fifo")
    (node.folder / "folder").mkdir()
    (node.folder / "dangling").symlink_to("/nowhere")
    (node.folder / "to-folder").symlink_to("/")
    (node.folder / "to-fifo").symlink_to("fifo")
    (node.folder / "to-zero").symlink_to("/dev/zero")
    (node.folder / "loop").symlink_to("loop")
    (node.root / "target").write_bytes(written(WEB).content)
    (node.folder / "to-file").symlink_to(node.root / "target")
    files = {file.name: file for file in node.look().files}
    assert {name: file.kind for name, file in files.items()} == {
        "fifo": FileKind.PIPE,
        "folder": FileKind.DIRECTORY,
        "dangling": FileKind.LINK,
        "to-folder": FileKind.LINK,
        "to-fifo": FileKind.PIPE,
        "to-zero": FileKind.LINK,
        "loop": FileKind.LINK,
        "to-file": FileKind.LINK,
    }
    assert files["to-file"].content == written(WEB).content
    assert files["to-file"].link == f"`{node.root}/target`"
    assert files["dangling"].link == "`/nowhere` (which is missing)"
    assert files["fifo"].link == ""


def test_no_more_of_a_file_is_read_than_shows_that_the_kubelet_refuses_it(node) -> None:
    (node.folder / "big.yaml").write_bytes(written(WEB).content + b"#" * (11 << 20))
    [file] = node.look().files
    assert len(file.content) == (10 << 20) + 1


def test_a_folder_of_hundreds_of_files_is_seen_whole(dash_node) -> None:
    for number in range(300):
        (dash_node.folder / f"{number}.yaml").write_text("x")
    assert len(dash_node.look().files) == 300


def test_files_that_come_and_go_meanwhile_do_not_spoil_the_look(node) -> None:
    (node.folder / "web.yaml").write_bytes(written(WEB).content)
    (node.folder / "gone").write_text("x")
    real = "/usr/bin/busybox stat" if node.host.shell[0] == "busybox" else "/usr/bin/stat"
    stand_in(node.host.bin, "stat", f'case $* in *gone*) rm -f gone;; esac; exec {real} "$@"')
    assert [file.name for file in node.look().files] == ["web.yaml"]


# --- folders


def test_a_missing_folder_is_missing(node) -> None:
    assert node.look(node.root / "not" / "there").folder_state is FolderState.MISSING


def test_a_file_is_no_folder(node) -> None:
    (node.root / "file").write_text("x")
    look = node.look(node.root / "file")
    assert (look.folder_state, look.files) == (FolderState.NOT_A_FOLDER, ())


def test_a_trailing_slash_and_a_link_to_the_folder_change_nothing(node) -> None:
    (node.folder / "web.yaml").write_text("x")
    (node.root / "link").symlink_to(node.folder)
    for folder in (f"{node.folder}//", f"{node.root}/link"):
        look = node.look(folder)
        assert look.folder == folder.rstrip("/")
        assert [file.name for file in look.files] == ["web.yaml"]


def test_a_folder_whose_name_sh_could_misread_is_looked_at(node) -> None:
    folder = node.root / "-a b'c\"$x [d]*"
    folder.mkdir()
    (folder / "web.yaml").write_text("x")
    look = node.look(folder)
    assert (look.folder, len(look.files)) == (str(folder), 1)


def test_a_look_changes_nothing(node) -> None:
    (node.folder / "web.yaml").write_bytes(written(WEB).content)
    before = snapshot(node.root / "etc")
    node.look()
    assert snapshot(node.root / "etc") == before


def snapshot(root: Path) -> dict[str, tuple[int, ...]]:
    paths = [root, *root.rglob("*")]
    return {
        str(path): (path.stat().st_ino, path.stat().st_mtime_ns, path.stat().st_ctime_ns) for path in paths
    }


def test_the_nodes_clock_is_seen(node) -> None:
    stand_in(node.host.bin, "crictl", "echo {}")  # it serves to tell the age of containers
    assert abs(node.look().clock - time.time()) < 60


@pytest.mark.parametrize("fraction", ["%N", "N", ""])
def test_a_date_without_nanoseconds_is_a_clock_too(node, fraction) -> None:
    stand_in(node.host.bin, "crictl", "echo {}")
    stand_in(node.host.bin, "date", f"echo '1700000000.{fraction}'")
    assert node.look().clock == 1_700_000_000


# --- the runtime


def test_without_crictl_nothing_is_known_of_pods(node) -> None:
    look = node.look()
    assert (look.pods, look.pods_problem) == (None, "there is no crictl on the node")


def test_a_runtime_that_fails_is_told_in_its_words(node) -> None:
    node.crictl('echo "FATA[0000] connect: no such file" >&2; exit 1')
    look = node.look()
    assert (look.pods, look.pods_problem) == (None, "crictl failed: FATA[0000] connect: no such file")


def test_warnings_of_crictl_do_not_spoil_its_json(node) -> None:
    node.crictl("""echo "WARN using default endpoints" >&2; echo '{"items": [], "containers": []}'""")
    assert node.look().pods == ()


def test_files_are_never_older_than_the_pods_beside_them(node) -> None:
    """Otherwise a pod that a run just started would seem to have run before its file came."""
    node.crictl(f"""echo late >{node.folder}/late.yaml; echo '{{"items": [], "containers": []}}'""")
    look = node.look()
    assert look.pods == ()
    assert look.file("late.yaml")


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        ("", "crictl's answer is not JSON"),
        ("{}", "crictl's answer has no list of containers"),
        ("null", "crictl's answer has no list of containers"),
    ],
)
def test_a_runtime_that_says_nothing_proves_nothing(node, output, problem) -> None:
    node.crictl(f"printf %s '{output}'")
    assert (node.look().pods, node.look().pods_problem) == (None, problem)


@pytest.mark.parametrize("output", ["not json", "{", "<html>"])
def test_a_runtime_that_speaks_no_json_is_unknown_and_the_folder_is_known_none_the_less(node, output) -> None:
    (node.folder / "web.yaml").write_bytes(written(WEB).content)
    node.crictl(f"printf '%s' '{output}'")
    look = node.look()
    assert (look.pods, look.pods_problem) == (None, "crictl's answer is not JSON")
    assert len(look.files) == 1


def test_a_runtime_that_hangs_costs_seconds_and_not_the_look(dash_node) -> None:
    dash_node.crictl(f"echo >>{dash_node.root}/asked; exec sleep 1000")
    parts = (Part.FACTS, Part.PODS, Part.IMAGES, Part.MACHINE)
    look = observe("n1", dash_node.host, folder=str(dash_node.folder), parts=parts)
    assert look.pods_problem == "crictl failed: no answer within 5 s"
    assert look.machine is not None
    assert look.machine.runtime.name == Unknown("crictl failed: no answer within 5 s")
    assert (dash_node.root / "asked").read_text() == "\n"


def test_a_runtime_that_hangs_is_ended_where_no_timeout_can(node) -> None:
    stand_in(node.host.bin, "timeout", "exit 1")
    stand_in(node.host.bin, "crictl", "exec sleep 1000")
    assert node.look().pods_problem == "crictl failed: no answer within 5 s"
    stand_in(node.host.bin, "crictl", """echo '{"items": [], "containers": []}'""")
    assert node.look().pods == ()
    stand_in(node.host.bin, "crictl", "echo refused >&2; exit 3")
    assert node.look().pods_problem == "crictl failed: refused"


def test_a_runtime_with_much_to_say_is_read(dash_node) -> None:
    pods = [{"id": str(number), "metadata": {"name": "x" * 200}} for number in range(5000)]
    (dash_node.root / "pods").write_text(json.dumps({"items": pods}))
    dash_node.crictl(f'[ "$1" = ps ] && echo \'{{"containers": []}}\' || cat {dash_node.root}/pods')
    assert len(dash_node.look().pods) == 5000


# --- odd answers


def test_the_folders_rights_are_seen_and_whose_the_login_is(node) -> None:
    node.folder.chmod(0o750)
    me = str(os.getuid())
    os.utime(node.folder, (1_000, 1_000))
    assert node.look().rights == FolderRights("750", me, me, 1_000)


@pytest.mark.parametrize("text", ["", "755 0 1\n", "999 0 1\n555 0 1\n", "x 0 1\n555 0 1\n"])
def test_rights_that_cannot_be_read_are_not_known(text) -> None:
    observation = parse_observation("n1", (Record("rights", "", text.encode()), Record("end")))
    assert observation.rights is None


@pytest.mark.parametrize("words", ["", "1", "1 x", "x"])
def test_a_clock_that_is_none_is_zero(words) -> None:
    observation = parse_observation("n1", (Record("clock", words), Record("end")))
    assert observation.clock == 0


def test_files_are_shown_by_three_programs_whatever_their_number(node) -> None:
    for number in range(12):
        (node.folder / f"web-{number:02}.yaml").write_bytes(b"\0\n" * number + b"\xff")
    calls = node.root / "calls"
    for name in ("head", "stat"):
        stand_in(node.host.bin, name, f'echo {name} >>{calls}; exec /usr/bin/{name} "$@"')
    files = node.look().files
    assert [file.content for file in files] == [b"\0\n" * number + b"\xff" for number in range(12)]
    assert sorted(calls.read_text().split()) == ["head", "stat", "stat"]


def test_files_that_change_while_they_are_shown_are_looked_at_again(node) -> None:
    for name in ("a.yaml", "b.yaml"):
        (node.folder / name).write_text("one")
    stand_in(
        node.host.bin, "stat", f'[ $# -lt 5 ] || printf more >>{node.folder}/a.yaml; exec /usr/bin/stat "$@"'
    )
    assert [file.content for file in node.look().files] == [b"onemore", b"one"]


def test_a_program_that_dies_half_way_is_no_observation(node) -> None:
    """An unreadable answer must never pass for an empty folder."""
    for name in ("a.yaml", "b.yaml"):
        (node.folder / name).write_text("kind: Pod\n")
    stand_in(node.host.bin, "head", "kill -9 $PPID; sleep 1")
    with pytest.raises(ProgramError, match="ended with status -1"):
        node.look()


# --- an unprivileged login

unprivileged = pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
NOBODY = 65534


def as_nobody(node):
    for folder in (node.root, *node.root.parents):
        if folder != Path("/") and folder.stat().st_uid == 0 and str(folder).startswith("/tmp/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    return replace(node, host=replace(node.host, user=NOBODY))


@unprivileged
def test_a_folder_that_may_not_be_listed_is_not_an_empty_one(node) -> None:
    (node.folder / "web.yaml").write_text("x")
    for mode in (0o700, 0o711):
        node.folder.chmod(mode)
        look = as_nobody(node).look()
        assert (look.folder_state, look.files) == (FolderState.UNREADABLE, ())


@unprivileged
def test_a_folder_below_one_that_may_not_be_searched_is_not_a_missing_one(node) -> None:
    node.folder.parent.chmod(0o700)
    assert as_nobody(node).look().folder_state is FolderState.UNREADABLE
    assert as_nobody(node).look(node.folder / "a" / "b").folder_state is FolderState.UNREADABLE


@unprivileged
def test_a_file_that_may_not_be_read_is_told(node) -> None:
    (node.folder / "web.yaml").write_text("x")
    (node.folder / "web.yaml").chmod(0o600)
    with pytest.raises(HostError, match=r"`web\.yaml` in the manifest folder cannot be read"):
        as_nobody(node).look()


@unprivileged
def test_a_folder_that_may_only_be_read_is_read_only(node) -> None:
    look = as_nobody(node).look()
    assert look.folder_state is FolderState.READ_ONLY


def test_the_folder_of_the_inventory_is_looked_at_whatever_the_kubelet_says(node) -> None:
    look = observe("n1", node.host, folder=str(node.folder))
    assert look.folder == str(node.folder)
    assert look.kubelet.problem == "no kubelet runs on it"
