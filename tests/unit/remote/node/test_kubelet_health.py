"""What a kubelet answers when it is asked whether it is healthy, or that it does not, within a bounded time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.answering_port import answering
from tests.fakes.local_host import LocalHost
from tests.fakes.shell_host import SHELLS, ShellHost, fill_bin, stand_in
from tests.fakes.sshd import free_port

from podwright.errors import ForwardingRefusedError
from podwright.plan.unknown_fact import Unknown
from podwright.remote.host import Host, Output, PortStream
from podwright.remote.node import kubelet_health
from podwright.remote.node.kubelet_health import ask_health

LOCAL = LocalHost(Path("/"))
FAILED = b"HTTP/1.0 500 x\r\n\r\n[+]ping ok\n[-]syncloop failed: reason withheld\nhealthz check failed\n"


def asked(port: int, host: Host = LOCAL) -> tuple[object, str]:
    found = ask_health("n1", host, ("127.0.0.1", port))
    assert found.address == f"127.0.0.1:{port}"
    return found.good, found.seen


def test_what_it_says() -> None:
    with answering(b"HTTP/1.0 200 OK\r\n\r\nok") as port:
        assert asked(port) == (True, "200 ok")
    with answering(FAILED) as port:
        assert asked(port) == (False, "500 [-]syncloop failed: reason withheld")
    with answering(b"HTTP/1.0 500 x\r\n\r\n\x1b[2J" + b"a" * 1000) as port:
        good, seen = asked(port)
    assert (good, seen[:10]) == (False, "500 \\x1b[2")
    assert len(seen) < 300


def test_one_that_hangs_is_waited_for_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kubelet_health, "HEALTH_SECONDS", 0.2)
    with answering(b"HTTP/1.0 ", hang=True) as port:
        assert asked(port) == (False, "no answer within 0.2 s")


def test_nobody_listens_or_what_listens_is_no_kubelet() -> None:
    assert asked(free_port()) == (False, "nothing listens there")
    with answering(b"SSH-2.0-x\r\n") as port:
        assert asked(port) == (False, f"127.0.0.1:{port} on the node does not answer as HTTP does")


@dataclass(frozen=True)
class Closed(ShellHost):
    """Its sshd does not forward, and of programs that ask it has this one alone."""

    has: str = ""

    def dial(self, host: str, port: int, *, timeout: float) -> PortStream:
        raise ForwardingRefusedError("n1: cannot connect to 127.0.0.1:10248 from the node: prohibited")

    def stream(self, program: str, *given: None, **options: Any) -> Output:
        """Other programs of this machine are hidden."""
        hidden = f'command() {{ case $2 in {self.has or "-"}) ;; curl | wget) return 1 ;; esac; type "$2"; }}'
        return super().stream(f"{hidden}\n{program}", *given, **options)


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("tool", "body", "expected"),
    [
        ("curl", "echo ok; printf 200", (True, "200 ok")),
        (
            "curl",
            "echo '[-]syncloop failed'; echo healthz check failed; printf 500",
            (False, "500 [-]syncloop failed"),
        ),
        ("curl", "echo; printf 000; exit 7", (False, "no answer, or a refusal, within 4 s")),
        ("wget", "printf ok", (True, "200 ok")),
        ("wget", "exit 1", (False, "no answer, or a refusal, within 4 s")),
        ("", "", (Unknown("prohibited, and it has neither curl nor wget"), "")),
    ],
)
def test_of_a_node_that_does_not_forward_its_programs_ask(
    tmp_path: Path, shell: str, tool: str, body: str, expected: tuple[object, str]
) -> None:
    host = Closed(SHELLS[shell], fill_bin(tmp_path / "bin", shell), has=tool)
    stand_in(host.bin, tool or "none", body)
    assert asked(10248, host) == expected
