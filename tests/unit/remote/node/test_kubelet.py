"""What a kubelet's process says of its folder, read in every shell from real processes, and from records."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.kubelets import kubelet, show_processes
from tests.fakes.programs import run
from tests.fakes.shell_host import stand_in
from tests.unit.remote.conftest import LocalNode

from podwright.plan.expectations import WaitFor
from podwright.plan.observed import Doubt, FolderState
from podwright.plan.preflight import preflight
from podwright.remote.node.kubelet import kubelet_facts, parse_flags
from podwright.remote.node.observe import observe
from podwright.remote.node.programs import program as node_program
from podwright.remote.node.records import Record


def discovered(node: LocalNode, *arguments: str, cwd=None):
    """The look at a node whose kubelet was started with `arguments`."""
    with kubelet(*arguments, cwd=cwd) as process:
        show_processes(node.host.proc, [process.pid])
        return node.discover()


def configured(node: LocalNode, text: str, name: str = "config.yaml"):
    path = node.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


# --- a real process, a real shell


@pytest.mark.parametrize("form", ["--config={}", "--config {}"])
def test_the_folder_is_the_one_of_the_configuration_file(node, form) -> None:
    (node.folder / "web.yaml").write_text("x")
    path = configured(node, f"kind: KubeletConfiguration\nstaticPodPath: {node.folder}\n")
    look = discovered(node, *form.format(path).split(" "))
    assert look.kubelet.running
    assert look.kubelet.source == "staticPodPath of its configuration"
    assert (look.folder, look.folder_state) == (str(node.folder), FolderState.USABLE)
    assert [file.name for file in look.files] == ["web.yaml"]


def test_the_flag_beats_the_configuration(node) -> None:
    path = configured(node, "staticPodPath: /elsewhere\n")
    look = discovered(node, f"--config={path}", f"--pod-manifest-path={node.folder}/")
    assert (look.folder, look.kubelet.source) == (str(node.folder), "its --pod-manifest-path")


def test_an_empty_flag_beats_the_configuration_too(node) -> None:
    path = configured(node, f"staticPodPath: {node.folder}\n")
    look = discovered(node, f"--config={path}", "--pod-manifest-path=")
    assert (look.kubelet.static_pod_path, look.folder, look.files) == (None, "", ())


@pytest.mark.parametrize(
    "line",
    [
        "staticPodPath: {}///",
        "staticPodPath: '{}'",
        'staticPodPath:    "{}"   # here',
        "staticPodPath: {} # not /there",
        "'staticPodPath': {}",
        "staticPodPath: >-\n  {}",
        "other: |\n  staticPodPath: /wrong\nstaticPodPath: {}",
        "# staticPodPath: /wrong\nstaticPodPath: {}",
        "authentication:\n  staticPodPath: /wrong\nstaticPodPath: {}",
    ],
)
def test_the_configuration_is_read_as_yaml_where_sh_would_misread_it(dash_node, line) -> None:
    look = discovered(dash_node, f"--config={configured(dash_node, line.format(dash_node.folder))}")
    assert look.kubelet.static_pod_path == look.folder == str(dash_node.folder)
    assert look.folder_state is FolderState.USABLE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kind: X\n",
        'staticPodPath: ""\n',
        "a:\n  staticPodPath: /wrong\n",
        "x: |\n  staticPodPath: /wrong\n",
    ],
)
def test_a_kubelet_without_a_folder_gets_none_however_sh_read_it(node, text) -> None:
    look = discovered(node, f"--config={configured(node, text)}")
    assert look.kubelet.running
    assert look.kubelet.static_pod_path is None
    assert (look.folder, look.folder_state, look.files) == ("", FolderState.UNKNOWN, ())


def test_a_configuration_in_json_is_read(node) -> None:
    text = json.dumps({"staticPodPath": str(node.folder), "containerRuntimeEndpoint": "unix:///run/x.sock"})
    look = discovered(node, f"--config={configured(node, text)}")
    assert look.folder == str(node.folder)
    assert look.kubelet.runtime_endpoint == "unix:///run/x.sock"


def test_drop_ins_beat_the_file_in_the_order_of_their_names_folder_by_folder(node) -> None:
    path = configured(node, "staticPodPath: /of-the-file\n")
    for name in ("10.conf", "20/z.conf", "20-a.yaml", "30.conf.bak"):
        configured(node, f"staticPodPath: /of-{name}\n", f"drop/{name}")
    configured(node, f"staticPodPath: {node.folder}\n", "drop/20-a.conf")
    look = discovered(node, f"--config={path}", f"--config-dir={node.root}/drop")
    assert look.folder == str(node.folder)


def test_a_drop_in_takes_the_folder_away_with_null_or_nothing(node) -> None:
    for nothing in ("null", '""'):
        path = configured(node, f"staticPodPath: {node.folder}\n")
        configured(node, f"staticPodPath: {nothing}\n", "drop/10.conf")
        look = discovered(node, f"--config={path}", f"--config-dir={node.root}/drop")
        assert (look.kubelet.static_pod_path, look.folder) == (None, "")


def test_relative_paths_are_relative_to_the_kubelets_folder(node) -> None:
    configured(node, "staticPodPath: /of-the-file\n", "work/config.yaml")
    configured(node, f"staticPodPath: {node.folder}\n", "work/drop/10.conf")
    look = discovered(node, "--config=config.yaml", "--config-dir", "drop", cwd=node.root / "work")
    assert look.folder == str(node.folder)


def test_a_relative_static_pod_path_is_beside_its_file(node) -> None:
    look = discovered(node, f"--config={configured(node, 'staticPodPath: etc/manifests', 'config.yaml')}")
    assert look.folder == str(node.folder)


def test_the_name_the_root_folder_and_the_endpoint_come_from_the_flags(node) -> None:
    look = discovered(
        node,
        "--hostname-override=Node-A.Example",
        "--root-dir",
        "/data/kubelet",
        "--container-runtime-endpoint=unix:///run/other.sock",
        f"--pod-manifest-path={node.folder}",
    )
    assert look.kubelet.node_name == look.node_name == "node-a.example"
    assert look.kubelet.root_dir == "/data/kubelet"
    assert look.kubelet.runtime_endpoint == "unix:///run/other.sock"


def test_crictl_is_asked_at_the_kubelets_endpoint(node) -> None:
    node.crictl(f'echo "$*" >>{node.root}/calls; echo "{{}}"')
    path = configured(node, "containerRuntimeEndpoint: unix:///run/c.sock\n")
    discovered(node, f"--config={path}")
    calls = (node.root / "calls").read_text().splitlines()
    assert calls == [
        "--runtime-endpoint unix:///run/c.sock pods -o json",
        "--runtime-endpoint unix:///run/c.sock ps -a -o json",
    ]


@pytest.mark.parametrize(
    ("main", "drop_ins", "right"),
    [
        (None, {"00.conf": "containerRuntimeEndpoint: unix:///run/rke2.sock"}, "unix:///run/rke2.sock"),
        (None, {"00.conf": "containerRuntimeEndpoint: unix:///a", "10/b.conf": 'containerRuntimeEndpoint: "unix:///b"'}, "unix:///b"),
        ("containerRuntimeEndpoint: unix:///m", {"00.conf": "staticPodPath: /x"}, "unix:///m"),
        ("containerRuntimeEndpoint: unix:///m", {"00.conf": '{"kind": "X", "containerRuntimeEndpoint": "unix:///j"}'}, "unix:///j"),
        ("containerRuntimeEndpoint: unix:///m", {"00.conf": "containerRuntimeEndpoint: >-\n  unix:///f"}, "unix:///f"),
        ("x:\n  containerRuntimeEndpoint: unix:///m", {".5.conf": "containerRuntimeEndpoint: unix:///d # here"}, "unix:///d"),
    ],
)  # fmt: skip
def test_crictl_is_asked_where_the_kubelet_takes_the_endpoint_from(node, main, drop_ins, right) -> None:
    node.crictl(f'case "$*" in *{right}\\ *) echo \'{{"items": [], "containers": []}}\' ;; *) exit 1 ;; esac')
    for name, text in drop_ins.items():
        configured(node, f"{text}\n", f"drop/{name}")
    arguments = [f"--config-dir={node.root}/drop"]
    if main:
        arguments.append(f"--config={configured(node, main)}")
    look = discovered(node, *arguments)
    assert look.kubelet.runtime_endpoint == right
    assert look.pods == ()


def test_an_argument_with_spaces_quotes_and_a_line_end_hurts_nobody(node) -> None:
    look = discovered(
        node,
        "--x=$(touch /tmp/never) 'a' \"b\"\n--pod-manifest-path=/wrong",
        f"--pod-manifest-path={node.folder}",
    )
    assert look.folder == str(node.folder)


def test_a_stopped_kubelet_does_not_run(node) -> None:
    with kubelet(f"--pod-manifest-path={node.folder}") as process:
        show_processes(node.host.proc, [process.pid])
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        facts = node.discover().kubelet
    assert (facts.running, facts.problem) == (False, f"its kubelet (pid {process.pid}) is stopped")
    assert facts.static_pod_path == str(node.folder)


def test_without_a_kubelet_nothing_is_guessed(node) -> None:
    look = node.discover()
    assert (look.kubelet.running, look.kubelet.problem) == (False, "no kubelet runs on it")
    assert (look.folder, look.folder_state) == ("", FolderState.UNKNOWN)


def test_a_kubelet_that_has_just_gone_is_none(node) -> None:
    show_processes(node.host.proc, [4194303])
    assert not node.discover().kubelet.running


def test_an_unreadable_configuration_is_told_and_not_guessed(node) -> None:
    look = discovered(node, f"--config={node.root}/absent.yaml")
    assert look.kubelet.static_pod_path is None
    assert look.kubelet.problem == f"`{node.root}/absent.yaml` cannot be read"


def test_a_configuration_that_is_no_yaml_is_told(node) -> None:
    path = configured(node, f"staticPodPath: {node.folder}\n  bad: [\n")
    look = discovered(node, f"--config={path}")
    assert (look.kubelet.problem, look.folder) == (f"`{path}` is not YAML", "")


@contextmanager
def in_another_namespace(node: LocalNode, *arguments: str) -> Iterator[int]:
    """A kubelet as a container on the node has it: root's, with a mount namespace of its own."""
    fifo = node.root / "hold"
    os.mkfifo(fifo)
    process = subprocess.Popen(
        [
            "unshare",
            "--mount",
            "bash",
            "-c",
            f'exec 3<>{fifo}; exec -a kubelet sh -s -- "$@" <&3',
            "x",
            *arguments,
        ]
    )
    try:
        own = Path("/proc/self/ns/mnt").readlink()
        deadline = time.monotonic() + 10
        while Path(f"/proc/{process.pid}/ns/mnt").readlink() == own or b"kubelet" not in cmdline(process.pid):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield process.pid
    finally:
        process.kill()
        process.wait()


def cmdline(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes().partition(b"\0")[0]


as_root = pytest.mark.skipif(os.getuid() != 0, reason="needs to be root")


@as_root
def test_of_two_kubelets_the_one_in_our_mount_namespace_is_ours(node) -> None:
    with (
        kubelet(f"--pod-manifest-path={node.folder}") as ours,
        in_another_namespace(node, "--pod-manifest-path=/theirs") as theirs,
    ):
        show_processes(node.host.proc, [theirs, ours.pid])
        look = node.discover()
    assert (look.kubelet.pid, look.folder) == (ours.pid, str(node.folder))


@as_root
def test_a_kubelet_of_another_mount_namespace_is_never_ours_even_alone(node) -> None:
    with in_another_namespace(node, "--pod-manifest-path=/theirs") as theirs:
        show_processes(node.host.proc, [theirs])
        look = node.discover()
    assert not look.kubelet.running
    assert look.kubelet.doubt is Doubt.ELSEWHERE
    assert (look.folder, look.kubelet.pid) == ("", 0)
    assert look.kubelet.problem == f"no kubelet runs on it, only in another mount namespace (pid {theirs})"


@as_root
def test_a_kubelet_of_another_mount_namespace_is_used_when_the_inventory_names_it(node) -> None:
    config = configured(node, "containerRuntimeEndpoint: unix:///run/c.sock\nstaticPodPath: /theirs\n")
    with in_another_namespace(node, f"--config={config}", "--hostname-override=n-7") as theirs:
        show_processes(node.host.proc, [theirs])
        (node.root / "kubelet.pid").write_text(f"{theirs}\n")
        look = observe(
            "n1", node.host, folder=str(node.folder), kubelet_pid_file=str(node.root / "kubelet.pid")
        )
    assert look.kubelet.running
    assert (look.node_name, look.folder, look.kubelet.static_pod_path) == ("n-7", str(node.folder), None)
    assert look.kubelet.runtime_endpoint == f"unix://{node.host.proc}/{theirs}/root/run/c.sock"
    assert preflight(look, configured_folder=str(node.folder), wait_for=WaitFor.RUNNING) == ()


def test_two_kubelets_are_refused_with_what_distinguishes_them(node) -> None:
    with kubelet("--pod-manifest-path=/a") as one, kubelet("--pod-manifest-path=/b") as other:
        show_processes(node.host.proc, [one.pid, other.pid])
        facts = node.discover().kubelet
    assert not facts.running
    assert facts.doubt is Doubt.SEVERAL
    pids = " ".join(sorted((str(one.pid), str(other.pid))))
    assert f"which of the kubelets (pids {pids})" in facts.problem
    for process, folder in ((one, "/a"), (other, "/b")):
        assert f"`{process.pid} " in facts.problem
        assert f"kubelet -s -- --pod-manifest-path={folder}`" in facts.problem


def test_of_two_kubelets_the_one_that_the_pid_file_names_is_taken(node) -> None:
    with kubelet(f"--pod-manifest-path={node.folder}") as one, kubelet("--pod-manifest-path=/b") as other:
        show_processes(node.host.proc, [one.pid, other.pid])
        (node.root / "kubelet.pid").write_text(f"{one.pid}\n")
        look = observe("n1", node.host, kubelet_pid_file=str(node.root / "kubelet.pid"))
    assert (look.kubelet.pid, look.folder) == (one.pid, str(node.folder))


def test_of_two_kubelets_the_one_that_the_unit_runs_is_taken(node) -> None:
    with kubelet(f"--pod-manifest-path={node.folder}") as one, kubelet("--pod-manifest-path=/b") as other:
        show_processes(node.host.proc, [one.pid, other.pid])
        stand_in(
            node.host.bin, "systemctl", f'[ "$*" = "show -p MainPID -- k.service" ] && echo MainPID={one.pid}'
        )
        look = observe("n1", node.host, kubelet_unit="k.service")
    assert (look.kubelet.pid, look.folder) == (one.pid, str(node.folder))


@pytest.mark.parametrize("text", ["", "0\n", "x\n", "-1\n", "9" * 5000, "4194303\n"])
def test_a_pid_file_that_names_nobody_is_no_kubelet(node, text) -> None:
    (node.root / "kubelet.pid").write_text(text)
    look = observe("n1", node.host, kubelet_pid_file=str(node.root / "kubelet.pid"))
    assert look.kubelet.problem == "no kubelet runs on it"


def test_a_kubelet_that_just_starts_a_program_is_one(node) -> None:
    with kubelet(f"--pod-manifest-path={node.folder}") as process:
        process.stdin.write(b"(read line </dev/zero) &\n")
        process.stdin.flush()
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        deadline = time.monotonic() + 10
        while not children.read_text().split():
            assert time.monotonic() < deadline
        show_processes(node.host.proc, [process.pid, *map(int, children.read_text().split())])
        for child in children.read_text().split():
            os.kill(int(child), signal.SIGSTOP)
        assert node.discover().kubelet.pid == process.pid
        for child in children.read_text().split():
            os.kill(int(child), signal.SIGKILL)


@as_root
@pytest.mark.parametrize("which", ["ruid", "euid", "rgid"])
def test_root_takes_no_program_that_another_user_started_for_the_kubelet(node, which) -> None:
    """As /proc shows what another user starts: a plain program, a setuid one, through a link called `kubelet`."""
    uids = {"ruid": (65534, 0, 0), "euid": (0, 65534, 0), "rgid": (0, 0, 0)}[which]

    def become() -> None:
        os.setresgid(65534 if which == "rgid" else 0, 0, 0)
        os.setresuid(*uids)

    with started_as(become, f"--pod-manifest-path={node.folder}") as process:
        show_processes(node.host.proc, [process.pid])
        assert node.discover().kubelet.problem == "no kubelet runs on it"


@contextmanager
def started_as(become, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        ["kubelet", "-f", "/dev/null", "--", *arguments],
        executable="/usr/bin/tail",
        stderr=subprocess.DEVNULL,
        cwd="/",
        preexec_fn=become,  # noqa: PLW1509 - which user it is cannot be said otherwise
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@as_root
@pytest.mark.parametrize("change", ["owner", "mode", "folder"])
def test_a_kubelet_whose_program_others_may_change_is_not_believed(node, change) -> None:
    sbin = node.root / "sbin"
    sbin.mkdir()
    shutil.copy("/bin/sh", sbin / "kubelet")
    {
        "owner": lambda: os.chown(sbin / "kubelet", 65534, 65534),
        "mode": lambda: (sbin / "kubelet").chmod(0o775),
        "folder": lambda: sbin.chmod(0o777),
    }[change]()
    with subprocess.Popen(
        [sbin / "kubelet", "-s", "--", f"--pod-manifest-path={node.folder}"], stdin=subprocess.PIPE
    ) as process:
        show_processes(node.host.proc, [process.pid])
        look = node.discover()
        process.kill()
    assert not look.kubelet.running
    assert look.kubelet.doubt is Doubt.DISTRUSTED
    assert look.kubelet.problem.startswith(
        f"its kubelet (`{process.pid}`) is not trusted: others can change it ("
    )
    assert str(sbin) in look.kubelet.problem


@pytest.mark.parametrize("name", ["kubelet-1.31", "kubelet-v1.36.2", "kubelet1.31"])
def test_a_program_with_its_version_in_its_name_is_a_kubelet(node, name) -> None:
    with kubelet(f"--pod-manifest-path={node.folder}") as process:
        show_processes(node.host.proc, [process.pid], name[:15])
        assert node.discover().folder == str(node.folder)


@pytest.mark.parametrize("name", ["kubelet-csr-app", "kubelet-exporte", "kubeletX", "mykubelet"])
def test_a_program_that_only_begins_like_it_is_not(node, name) -> None:
    with kubelet(f"--pod-manifest-path={node.folder}") as process:
        show_processes(node.host.proc, [process.pid], name)
        assert node.discover().kubelet.problem == "no kubelet runs on it"


def test_a_kubelet_is_found_among_all_processes_of_the_machine(dash_node) -> None:
    (dash_node.root / "sbin").mkdir()
    program = dash_node.root / "sbin" / "kubelet"
    shutil.copy("/usr/bin/sleep", program)
    with subprocess.Popen([program, "1000"]) as process:
        try:
            text = node_program(
                ["path_trust", "kubelet"],
                {"nonce": "n", "folder": ""},
                ["names=kubelet; proc=/proc; me; find_processes; echo $running"],
            )
            result = run(dash_node.host, text, timeout=20)
        finally:
            process.kill()
    assert f"{process.pid}:{os.getpid()}:kubelet" in result.stdout.decode().split()


@pytest.mark.parametrize("odd", ["", "proc", "/nowhere", "/etc/passwd", "-n $(id)"])
def test_a_host_proc_that_is_no_folder_means_nothing(node, odd) -> None:
    host = replace(node.host, environment={"HOST_PROC": odd})
    result = run(host, node_program((), {"nonce": "n"}, ['echo "<$proc>"']), timeout=20)
    assert result.stdout == b"</proc>\n"


def test_a_configuration_that_is_a_pipe_blocks_nobody(node) -> None:
    os.mkfifo(node.root / "config.yaml")
    look = discovered(node, f"--config={node.root}/config.yaml")
    assert look.kubelet.problem == f"`{node.root}/config.yaml` cannot be read"


def test_a_kubelet_that_ended_and_was_not_waited_for_is_none(node) -> None:
    with subprocess.Popen(["/bin/true"]) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        show_processes(node.host.proc, [process.pid])
        assert node.discover().kubelet.problem == "no kubelet runs on it"


# --- k3s


def test_k3s_hands_its_kubelet_a_folder_below_its_data(node) -> None:
    data = node.root / "k3s"
    (data / "agent" / "pod-manifests").mkdir(parents=True)
    with kubelet("server", f"--data-dir={data}", name="k3s-server") as process:
        show_processes(node.host.proc, [process.pid], "k3s-server")
        look = node.discover()
    assert look.folder == f"{data}/agent/pod-manifests"
    assert look.kubelet.source == "the folder k3s gives its kubelet"
    assert look.kubelet.runtime_endpoint == "unix:///run/k3s/containerd/containerd.sock"


def test_k3s_that_hides_its_arguments_is_found_by_what_it_unpacked(node) -> None:
    data = node.root / "k3s"
    binary = data / "data" / "0123abcd" / "bin" / "k3s"
    binary.parent.mkdir(parents=True)
    shutil.copy("/usr/bin/sleep", binary)
    with subprocess.Popen(["/usr/local/bin/k3s server", "1000"], executable=binary) as process:
        try:
            show_processes(node.host.proc, [process.pid], "k3s-server")
            look = node.discover()
        finally:
            process.kill()
    assert look.folder == f"{data}/agent/pod-manifests"


def test_a_drop_in_of_k3s_beats_its_folder(node) -> None:
    data = node.root / "k3s"
    configured(node, f"staticPodPath: {node.folder}\n", "k3s/agent/etc/kubelet.conf.d/10.conf")
    with kubelet("agent", "--data-dir", str(data), name="k3s-agent") as process:
        show_processes(node.host.proc, [process.pid], "k3s-agent")
        assert node.discover().folder == str(node.folder)


# --- records


def facts(*records: Record):
    return kubelet_facts([Record("host", "Box.Example"), Record("kubelet", "7 kubelet S"), *records])


def test_the_node_name_is_the_host_name_in_lower_case() -> None:
    assert facts().node_name == "box.example"


@pytest.mark.parametrize(
    ("state", "problem"), [("T", "stopped"), ("t", "being traced"), ("Z", "dead but not yet reaped")]
)
def test_a_process_that_does_nothing_is_no_running_kubelet(state, problem) -> None:
    found = kubelet_facts([Record("kubelet", f"7 kubelet {state}")])
    assert (found.running, found.problem) == (False, f"its kubelet (pid 7) is {problem}")


@pytest.mark.parametrize("words", ["", "x", "-7 kubelet S", "٣ kubelet S", "9" * 5000 + " kubelet S"])
def test_a_pid_that_is_none_is_no_kubelet(words) -> None:
    assert not kubelet_facts([Record("kubelet", words)]).running


def test_a_kubelet_that_may_not_be_looked_at_is_told() -> None:
    problem = kubelet_facts([Record("kubelet-missing", "77")]).problem
    assert problem == "its kubelet (pid 77) cannot be observed with the login's rights"


@pytest.mark.parametrize(
    "text",
    ["- a list\n", "7\n", "!!python/object/apply:os.system [id]", "&a [*a]", "a: b\n---\nc: d\n", "\x00"],
)
def test_a_hostile_configuration_names_no_folder(text) -> None:
    assert facts(Record("configuration", "/c", text.encode())).static_pod_path is None


def test_configurations_without_end_are_refused_before_they_are_read() -> None:
    flood = [Record("configuration", f"/c/{number}.conf", b"a: 1\n") for number in range(300)]
    began = time.process_time()
    found = facts(*flood, Record("configuration", "/c/z.conf", b"staticPodPath: /x\n"))
    assert (found.static_pod_path, found.problem) == (
        None,
        "its configuration is longer than a kubelet's can be",
    )
    long = facts(Record("configuration", "/c", b"a: " + b"1:" * (200 << 10)))
    assert long.problem == "its configuration is longer than a kubelet's can be"
    assert time.process_time() - began < 1


@pytest.mark.parametrize("value", ["7", "[/x]", "{a: b}", "true"])
def test_a_path_that_is_no_text_is_none(value) -> None:
    assert facts(Record("configuration", "/c", f"staticPodPath: {value}".encode())).static_pod_path is None


@pytest.mark.parametrize(
    ("arguments", "flags"),
    [
        ("kubelet\n--a=b", {"a": "b"}),
        ("kubelet\n--a\nb", {"a": "b"}),
        ("kubelet\n--a\n--b=c", {"a": "", "b": "c"}),
        ("kubelet\n--a=1\n--a=2", {"a": "2"}),
        ("kubelet\n--a=b=c", {"a": "b=c"}),
        ("kubelet\n--last", {"last": ""}),
        ("", {}),
    ],
)
def test_flags_are_read_as_pflag_does(arguments, flags) -> None:
    assert parse_flags(arguments) == flags
