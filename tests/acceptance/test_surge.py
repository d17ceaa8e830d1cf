"""A pod whose new generation starts while the old one runs: clients notice nothing, and both slots are one workload."""

from __future__ import annotations

import json
import os
import re
import socket
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import pytest
from tests.acceptance.conftest import IMAGE, NAME, Site
from tests.fakes.sshd import free_port

pytestmark = [
    pytest.mark.skipif("PODWRIGHT_TEST_SITE" in os.environ, reason="runs a program of this machine"),
]
FIRST, SECOND = f"{NAME}.yaml", f"{NAME}+2.yaml"
#: answers each connection with its generation; once it is to end, it first serves those who have come already
SERVER = """\
import os, signal, socket
ending = []
signal.signal(signal.SIGTERM, lambda *_: ending.append(1))
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
listener.bind(("127.0.0.1", int(os.environ["PORT"])))
listener.listen(64)
listener.settimeout(0.1)
while True:
    try:
        connection = listener.accept()[0]
    except TimeoutError:
        if ending:
            break
        continue
    with connection:
        connection.sendall(os.environ["GREETING"].encode())
    if ending:
        listener.settimeout(0)
        ending.append(1)
"""


def template(port: int, *, declared: bool = False) -> str:
    ports = f"\n      ports: [{{containerPort: {port}}}]" if declared else ""
    return f"""\
apiVersion: v1
kind: Pod
metadata:
  name: {NAME}
spec:
  hostNetwork: true
  terminationGracePeriodSeconds: 5
  containers:
    - name: main
      image: {IMAGE}
      imagePullPolicy: IfNotPresent
      command: {json.dumps([sys.executable, "-c", SERVER])}{ports}
      env:
        - {{name: PORT, value: "{port}"}}
        - {{name: GREETING, value: "{{{{ acceptance_greeting }}}}"}}
      readinessProbe: {{tcpSocket: {{host: 127.0.0.1, port: {port}}}, periodSeconds: 1, failureThreshold: 1}}
"""


class Clients:
    """Ask without a pause, one after the other, and count what they are told."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.answers = Counter[str]()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def _ask(self) -> None:
        while not self._over.wait(0.002):
            try:
                self.answers[self._answer() or "nothing"] += 1
            except OSError as error:
                self.answers[f"lost: {error}"] += 1

    def _answer(self) -> str:
        """Of two listeners of one port Linux resets who waits for the one that closes: HTTP clients ask again, too."""
        with suppress(ConnectionResetError):
            return self._answer_at_once()
        return self._answer_at_once()

    def _answer_at_once(self) -> str:
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            return connection.recv(100).decode()

    def __enter__(self) -> Clients:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


@pytest.fixture
def port(site: Site) -> Iterator[int]:
    port = free_port()
    (site.folder / "templates" / "manifests" / f"{NAME}.yaml.j2").write_text(template(port))
    yield port
    assert site.podwright("manifest", "remove", NAME, "-y").code == 0


def wants(site: Site, greeting: str, **settings: object) -> None:
    pod = {"podwright_strategy": "surge", "podwright_runs_twice": True, **settings}
    variables = {"all": {"vars": {"static_pods": {NAME: pod}, "acceptance_greeting": greeting}}}
    (site.folder / "inventory" / "zz-acceptance.yaml").write_text(json.dumps(variables))


def run(site: Site, *words: str):
    return site.podwright("manifest", *words, "-l", site.nodes[0].name, "-y", "-o", "json")


def files(site: Site) -> list[str]:
    document = site.podwright("manifest", "status", "-l", site.nodes[0].name, "-o", "json").document
    return [pod["file"] for pod in document["nodes"][0]["pods"] if pod["file"].startswith(NAME)]


def drift(site: Site) -> list[str]:
    answer = site.podwright("drift", "check", "--only", NAME, "-l", site.nodes[0].name, "-o", "json")
    return [one["drift"] for one in answer.document["nodes"][0]["findings"]]


def test_an_update_loses_no_request_and_leaves_no_second_in_which_nothing_ran(site: Site, port) -> None:
    wants(site, "one")
    assert run(site, "push", "--only", NAME).code == 0
    assert files(site) == [FIRST]
    wants(site, "two")
    with Clients(port) as clients:
        answer = run(site, "push", "--only", NAME)
    assert answer.code == 0, answer.err
    assert set(clients.answers) == {"one", "two"}
    print(f"{sum(clients.answers.values())} requests, none lost: {dict(clients.answers)}")
    assert list(answer.document["nodes"][0]["nothingRanSeconds"].values()) == [0.0]
    assert files(site) == [SECOND]

    # both slots are one workload
    assert drift(site) == []
    wants(site, "three")
    assert drift(site) == ["file-changed"]
    back = run(site, "rollback", NAME)
    assert back.code == 0, back.err
    assert files(site) == [FIRST]
    with Clients(port) as clients:
        again = run(site, "restart", NAME)
    assert (again.code, set(clients.answers)) == (0, {"one"}), again.err
    assert files(site) == [SECOND]
    history = site.podwright("manifest", "history", NAME, "-l", site.nodes[0].name, "-o", "json").document
    assert [one["revision"] for one in history["nodes"][0]["revisions"]] == [4, 3, 2, 1]
    assert run(site, "remove", NAME).code == 0
    assert files(site) == []


def test_a_new_generation_that_fails_goes_and_the_old_one_serves_on(site: Site, port) -> None:
    wants(site, "one")
    assert run(site, "push", "--only", NAME).code == 0
    path = site.folder / "templates" / "manifests" / f"{NAME}.yaml.j2"
    path.write_text(template(port).replace("import os", "import broken, os"))
    with Clients(port) as clients:
        answer = run(site, "push", "--only", NAME)
    assert answer.code == 1
    assert set(clients.answers) == {"one"}
    assert files(site) == [FIRST]


def test_what_cannot_run_twice_is_refused_before_any_connection(site: Site, port) -> None:
    path = site.folder / "templates" / "manifests" / f"{NAME}.yaml.j2"
    path.write_text(template(port, declared=True))
    wants(site, "one")
    refused = run(site, "push", "--only", NAME)
    assert refused.code == 1
    assert f"the kubelet admits one pod on the port {port}/TCP of the node" in refused.err
    path.write_text(template(port))
    wants(site, "one", podwright_runs_twice=False)
    assert "declares no ports" in run(site, "push", "--only", NAME).err


def test_a_new_generation_that_lived_on_the_old_one_is_rolled_back(site: Site, port) -> None:
    """The old pod answers for both, until it is gone; its file stands for it."""
    old = f"{site.folder_of(site.nodes[0])}/{FIRST}"
    path = site.folder / "templates" / "manifests" / f"{NAME}.yaml.j2"
    path.write_text(
        template(port).replace(
            f"tcpSocket: {{host: 127.0.0.1, port: {port}}}", f"exec: {{command: [test, -e, {old}]}}"
        )
    )
    wants(site, "one")
    assert run(site, "push", "--only", NAME).code == 0
    wants(site, "two")
    answer = run(site, "push", "--only", NAME, "--timeout", "20")
    assert answer.code == 1, answer.out
    assert re.search(r"was rolled back to revision [0-9]+, which is proven", answer.err), answer.err
    assert files(site) == [FIRST]
