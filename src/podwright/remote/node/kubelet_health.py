"""Asks a node's kubelet whether it is healthy, within a bounded time: through the connection, or by programs of the node."""

from __future__ import annotations

import shlex

from podwright.errors import ForwardingRefusedError, HostError, HostTimeoutError, PortClosedError
from podwright.plan.node_checks.check import Health
from podwright.plan.unknown_fact import Unknown
from podwright.remote.host import SILENCE_SECONDS, Host
from podwright.remote.node.http import Page, get
from podwright.remote.node.programs import program
from podwright.remote.node.records import new_nonce, read_records
from podwright.text import printable

HEALTH_SECONDS = 4
_MOST_BYTES = 64 << 10


def ask_health(node: str, host: Host, address: tuple[str, int]) -> Health:
    """Raises nothing: that nobody could be asked is unknown."""
    name = f"[{address[0]}]:{address[1]}" if ":" in address[0] else f"{address[0]}:{address[1]}"
    try:
        return _judged(name, get(host, address, "/healthz", timeout=HEALTH_SECONDS, most=_MOST_BYTES))
    except PortClosedError:
        return Health(name, good=False, seen="nothing listens there", closed=True)
    except HostTimeoutError:
        return Health(name, good=False, seen=f"no answer within {HEALTH_SECONDS} s")
    except ForwardingRefusedError as error:
        return _by_programs(node, host, name, error)
    except HostError as error:
        if not host.alive:
            return Health(name, Unknown(error.message))
        return Health(name, good=False, seen=error.message.removeprefix(f"{node}: ")[:200])


def _judged(name: str, page: Page) -> Health:
    """Of what it says the lines that say what is wrong, such as `[-]syncloop failed`."""
    lines = [printable(line)[:200] for line in page.body.decode("utf-8", "replace").splitlines()[:50]]
    failed = [line for line in lines if line.startswith("[-]")] or lines[:1]
    return Health(name, good=page.status == 200, seen=f"{page.status} {'; '.join(failed)}".strip())


def _by_programs(node: str, host: Host, name: str, error: HostError) -> Health:
    nonce = new_nonce()
    variables = {"nonce": nonce}
    calls = (
        "record begin 1",
        f"crictl_seconds={HEALTH_SECONDS}",
        f"ask_health {shlex.quote(f'http://{name}/healthz')}",
        "record end",
        "flush",
    )
    text = program(("crictl", "kubelet_health"), variables, calls)
    try:
        output = host.stream(text, timeout=2 * SILENCE_SECONDS, secret=False, silence=SILENCE_SECONDS)
        records = read_records(node, nonce, b"".join(output))
    except HostError as lost:
        return Health(name, Unknown(lost.message))
    said = next((record.text for record in records if record.kind == "health"), None)
    if said is None:
        return Health(name, Unknown(f"{error.message.rpartition(': ')[2]}, and it has neither curl nor wget"))
    body, _, status = said.rstrip().rpartition("\n")
    if not (status.isascii() and status.isdecimal() and int(status[:9])):
        # a program of the node does not tell one from the other
        return Health(
            name, good=False, seen=f"no answer, or a refusal, within {HEALTH_SECONDS} s", closed=True
        )
    return _judged(name, Page(int(status[:9]), body.encode()))
