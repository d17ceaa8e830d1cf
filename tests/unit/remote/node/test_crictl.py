"""What crictl says, from honest nodes and others."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podwright.errors import HostileOutputError
from podwright.pods.pod_ref import PodRef
from podwright.remote.node.crictl import MAX_ITEMS, parse_runtime

POD = {
    "id": "s1",
    "metadata": {"name": "web-n1", "uid": "u1", "namespace": "default", "attempt": 0},
    "state": "SANDBOX_READY",
    "createdAt": "1700000000500000000",
    "annotations": {
        "kubernetes.io/config.source": "file",
        "podwright.dev/digest": "sha256:aa",
        "podwright.dev/generation": "7",
    },
}


def container(attempt: int, state: str, name: str = "main", sandbox: str = "s1") -> dict[str, object]:
    return {
        "podSandboxId": sandbox,
        "metadata": {"name": name, "attempt": attempt},
        "state": state,
        "createdAt": str(1700000001 + attempt) + "0" * 9,
    }


def parse(pods: list[object], containers: list[object] = ()):
    return parse_runtime(
        "n1", json.dumps({"items": pods}).encode(), json.dumps({"containers": list(containers)}).encode()
    )


def test_a_pod_and_the_newest_container_of_each_name() -> None:
    [pod] = parse(
        [POD],
        [
            container(2, "CONTAINER_RUNNING"),
            container(0, "CONTAINER_EXITED"),
            container(1, "CONTAINER_EXITED"),
            container(0, "CONTAINER_RUNNING", name="side"),
            container(9, "CONTAINER_RUNNING", sandbox="another"),
        ],
    )
    assert (pod.ref, pod.uid, pod.ready, pod.created_at) == (
        PodRef("default", "web-n1"),
        "u1",
        True,
        1700000000.5,
    )
    assert (pod.digest, pod.generation, pod.source) == ("sha256:aa", 7, "file")
    assert [(entry.name, entry.attempt, entry.running) for entry in pod.containers] == [
        ("main", 2, True),
        ("side", 0, True),
    ]
    assert pod.containers[0].created_at == 1700000003
    assert [entry.first for entry in pod.containers] == [0, None]


def test_a_sandbox_that_is_not_ready_is_not() -> None:
    [pod] = parse([{**POD, "state": "SANDBOX_NOTREADY"}])
    assert not pod.ready


@pytest.mark.parametrize("generation", ["-1", "1e3", "٣", "9" * 30, "", 7, None])
def test_a_generation_that_is_no_plain_number_is_none(generation) -> None:
    [pod] = parse([{**POD, "annotations": {"podwright.dev/generation": generation}}])
    assert pod.generation is None


@pytest.mark.parametrize(
    "output", [b"", b"{", b"not json", b"\xff\xfe", b"[" * 100_000, b"NaN1", b'{"items": 9e}']
)
def test_what_is_no_json_is_hostile(output) -> None:
    with pytest.raises(HostileOutputError, match="n1: crictl's answer is not JSON"):
        parse_runtime("n1", output, b'{"containers": []}')


@pytest.mark.parametrize("output", [b"{}", b"[]", b"null", b'{"items": null}', b'{"items": {"a": 1}}', b"7"])
def test_an_answer_without_a_list_proves_nothing(output) -> None:
    with pytest.raises(HostileOutputError, match="n1: crictl's answer has no list of pods"):
        parse_runtime("n1", output, b'{"containers": []}')
    with pytest.raises(HostileOutputError, match="n1: crictl's answer has no list of containers"):
        parse_runtime("n1", b'{"items": []}', output.replace(b"items", b"containers"))


def test_an_empty_list_is_an_answer() -> None:
    assert parse([]) == ()


_FLOODS = {
    "objects": b'{"items": [' + b"{}," * (28 << 20 >> 2) + b"{}]}",
    "texts": b'{"items": [' + b'"a",' * (28 << 20 >> 2) + b"1]}",
    "one text": b'{"items": ["' + b"a" * (28 << 20) + b'"]}',
}


@pytest.mark.parametrize("flood", _FLOODS)
def test_a_flood_of_values_costs_no_memory(tmp_path, flood) -> None:
    (tmp_path / "pods").write_bytes(_FLOODS[flood])
    program = (
        "import re, sys; from pathlib import Path; from podwright.errors import HostileOutputError\n"
        "from podwright.remote.node.crictl import parse_runtime\n"
        "try: parse_runtime('n1', Path(sys.argv[1]).read_bytes(), b'{\"containers\": []}')\n"
        "except HostileOutputError as error: print(error)\n"
        "print(int(re.search('VmHWM:(.*) kB', Path('/proc/self/status').read_text())[1]) >> 10)\n"
    )
    command = [sys.executable, "-c", program, tmp_path / "pods"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    said, mebibytes = done.stdout.splitlines()
    assert said == "n1: crictl's answer is too long"
    assert int(mebibytes) < 120


def test_items_of_another_shape_are_left_out_or_empty() -> None:
    pods = parse([None, 7, "x", [], {}, {"metadata": 7, "annotations": [], "createdAt": {}, "id": None}])
    assert [(pod.ref, pod.ready, pod.digest) for pod in pods] == [(PodRef("", ""), False, None)] * 2


def test_a_flood_of_items_is_cut() -> None:
    assert len(parse([{}] * (MAX_ITEMS + 5))) == MAX_ITEMS


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["items", "metadata", "annotations", "createdAt", "id"]), inner)
        ),
    )
)
def test_no_json_crashes_it(document) -> None:
    text = json.dumps(document).encode()
    with suppress(HostileOutputError):
        parse_runtime("n1", text, text.replace(b"items", b"containers"))


def test_recorded_output_of_a_real_crictl_is_read() -> None:
    recorded = Path(__file__).parents[3] / "recorded" / "crictl"
    pods = parse_runtime("n1", (recorded / "pods.json").read_bytes(), (recorded / "ps.json").read_bytes())
    [web] = [pod for pod in pods if pod.ready]
    assert web.ref.namespace == "default"
    assert web.source == "file"
    assert [entry.running for entry in web.containers] == [True]
