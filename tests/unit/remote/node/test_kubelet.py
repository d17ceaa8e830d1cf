"""What a kubelet's process says of its folder, read in every shell from real processes, and from records."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from dataclasses import replace

import pytest
from tests.fakes.kubelets import kubelet, show_processes
from tests.fakes.programs import run
from tests.unit.remote.conftest import LocalNode

from podwright.plan.observed import FolderState
from podwright.remote.node.kubelet import kubelet_facts, parse_flags
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


def test_of_several_kubelets_the_one_in_our_mount_namespace_is_ours(node) -> None:
    with kubelet(f"--pod-manifest-path={node.folder}") as ours:
        # a pid that is gone stands for one in another namespace: it shares none with us
        show_processes(node.host.proc, [4194302, ours.pid, 4194303])
        assert node.discover().folder == str(node.folder)


def test_several_kubelets_of_which_none_is_known_to_be_ours_are_not_guessed_among(node) -> None:
    show_processes(node.host.proc, [4194302, 4194303])
    facts = node.discover().kubelet
    assert not facts.running
    assert facts.problem == "which of the kubelets (pids 4194302 4194303) is this node's is unknown"


def test_a_kubelet_is_found_among_all_processes_of_the_machine(dash_node) -> None:
    (dash_node.root / "sbin").mkdir()
    program = dash_node.root / "sbin" / "kubelet"
    shutil.copy("/usr/bin/sleep", program)
    with subprocess.Popen([program, "1000"]) as process:
        try:
            text = node_program(
                ["kubelet"],
                {"nonce": "n", "folder": ""},
                ["names=kubelet; proc=/proc; find_processes; echo $running"],
            )
            result = run(dash_node.host, text, timeout=20)
        finally:
            process.kill()
    assert f"{process.pid}:kubelet" in result.stdout.decode().split()


@pytest.mark.parametrize("odd", ["", "proc", "/nowhere", "/etc/passwd", "-n $(id)"])
def test_a_host_proc_that_is_no_folder_means_nothing(node, odd) -> None:
    host = replace(node.host, environment={"HOST_PROC": odd})
    result = run(host, node_program((), {"nonce": "n"}, ['echo "<$proc>"']), timeout=20)
    assert result.stdout == b"</proc>\n"


def test_a_configuration_that_is_a_pipe_blocks_nobody(node) -> None:
    os.mkfifo(node.root / "config.yaml")
    look = discovered(node, f"--config={node.root}/config.yaml")
    assert look.kubelet.problem == f"`{node.root}/config.yaml` cannot be read"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_root_takes_no_other_users_process_for_the_kubelet(node) -> None:
    with kubelet(f"--pod-manifest-path={node.folder}") as process:
        show_processes(node.host.proc, [process.pid])
        assert node.discover().kubelet.running
        os.chown(node.host.proc / str(process.pid) / "comm", 65534, 65534)
        assert node.discover().kubelet.problem == "no kubelet runs on it"


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


@pytest.mark.parametrize("words", ["", "x", "-7 kubelet S", "٣ kubelet S"])
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
