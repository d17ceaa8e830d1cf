"""What answers as an etcd member does at its plain listener, with whatever a test wants it to show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass
class EtcdPages:
    """`metrics` and `health` are the bodies; None is what a hung member shows."""

    id: str = "a1"
    peers: tuple[str, ...] = ("b2", "c3")
    leader: bool = False
    learner: bool = False
    has_leader: bool = True
    health: str = '{"health":"true"}'
    status: int = 200
    garbage: str = ""
    port: int = 0

    @property
    def metrics(self) -> str:
        flags = {"has_leader": self.has_leader, "is_leader": self.leader, "is_learner": self.learner}
        lines = [f"etcd_server_{name} {int(value)}" for name, value in flags.items()]
        lines.append(f'etcd_server_id{{server_id="{self.id}"}} 1')
        lines += [f'etcd_network_active_peers{{Local="{self.id}",Remote="{one}"}} 1' for one in self.peers]
        return "\n".join(lines)

    def page(self, path: str) -> tuple[int, str]:
        if self.garbage:
            return 200, self.garbage
        return (200, self.metrics) if path == "/metrics" else (self.status, self.health)


@contextmanager
def serving(pages: EtcdPages) -> Iterator[EtcdPages]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = pages.page(self.path)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    pages.port = server.server_port
    try:
        yield pages
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
