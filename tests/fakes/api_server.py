"""A small HTTPS API server on loopback that lists and watches pods, and misbehaves on command."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable

from tests.fakes.api_handler import Server, handler_of, reset, selected, tls_context
from tests.fakes.api_messages import Reply, Request, status
from tests.fakes.authority import Authority


class ApiServer:
    """Pods, nodes and events in memory behind TLS; a context manager."""

    def __init__(
        self,
        authority: Authority | None = None,
        certificate: tuple[str, str] | None = None,
        client_authority: Authority | None = None,
    ) -> None:
        self.authority = authority
        self.requests: list[Request] = []
        self.tokens: set[str] | None = None
        self.objects: dict[str, dict[tuple[str, str], dict]] = {"pods": {}, "nodes": {}, "events": {}}
        self.version = 100
        self.compacted = 0
        self.bookmarks = False
        self.gzip = False
        self._history: list[tuple[int, str, dict]] = []
        self._script: list[tuple[Callable[[Request], bool], Reply]] = []
        self.changed = threading.Condition()
        self._watchers: set[socket.socket] = set()
        self.connections: set[socket.socket] = set()
        self.accepted = 0
        self.stopping = False
        self.context = tls_context(certificate, client_authority) if certificate else None
        self._server = Server(("127.0.0.1", 0), handler_of(self))
        self._server.api = self
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> ApiServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        with self.changed:
            self.stopping = True
            self.changed.notify_all()
        self._server.shutdown()
        self._thread.join()
        self.drop_connections()
        self._server.server_close()

    def script(self, *replies: Reply, when: Callable[[Request], bool] = lambda request: True) -> None:
        """Give these answers, in this order, to the next requests that match."""
        with self.changed:
            self._script += [(when, reply) for reply in replies]

    def put(self, kind: str, thing: dict) -> None:
        """Create or replace an object; watchers are told."""
        metadata = thing["metadata"]
        key = (metadata.get("namespace", ""), metadata["name"])
        with self.changed:
            change = "MODIFIED" if key in self.objects[kind] else "ADDED"
            self._record(kind, change, key, thing)

    def delete(self, kind: str, namespace: str, name: str) -> None:
        with self.changed:
            thing = self.objects[kind][namespace, name]
            self._record(kind, "DELETED", (namespace, name), thing)

    def replay(self, event: dict) -> None:
        """Let a recorded watch event happen, under its recorded version."""
        thing = event["object"]
        key = (thing["metadata"]["namespace"], thing["metadata"]["name"])
        with self.changed:
            self.version = int(thing["metadata"]["resourceVersion"]) - 1
            self._record("pods", event["type"], key, thing)

    def emit(self, line: dict) -> None:
        """Send this watch event to every watcher, whatever it is."""
        with self.changed:
            self.version += 1
            self._history.append((self.version, "raw", line))
            self.changed.notify_all()

    def compact(self) -> None:
        """Forget all history: watches and continues from before now answer 410."""
        with self.changed:
            self.version += 1
            self.compacted = self.version
            self.changed.notify_all()

    def wait_for_watchers(self, count: int = 1, timeout: float = 60.0) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self._watchers) >= count, timeout), "nobody watches"

    def wait_for_requests(
        self, matching: Callable[[Request], bool], count: int, timeout: float = 60.0
    ) -> None:
        with self.changed:
            enough = lambda: sum(map(matching, self.requests)) >= count  # noqa: E731
            assert self.changed.wait_for(enough, timeout), [request.target for request in self.requests]

    def drop_connections(self) -> None:
        """Reset every connection, as a dying load balancer does."""
        with self.changed:
            connections = tuple(self.connections)
        for connection in connections:
            reset(connection)

    def _record(self, kind: str, change: str, key: tuple[str, str], thing: dict) -> None:
        self.version += 1
        thing = json.loads(json.dumps(thing))
        thing["metadata"]["resourceVersion"] = str(self.version)
        if change == "DELETED":
            self.objects[kind].pop(key, None)
        else:
            self.objects[kind][key] = thing
        if kind == "pods":
            self._history.append((self.version, "event", {"type": change, "object": thing}))
        self.changed.notify_all()

    def _scripted(self, request: Request) -> Reply | None:
        with self.changed:
            self.requests.append(request)
            self.changed.notify_all()
            for index, (when, reply) in enumerate(self._script):
                if when(request):
                    del self._script[index]
                    return reply
        return None

    def answer(self, handler, request: Request) -> None:
        reply = self._scripted(request)
        if reply is not None:
            handler.scripted(reply)
        elif (
            self.tokens is not None
            and request.header("authorization").removeprefix("Bearer ") not in self.tokens
        ):
            handler.send(401, status(401, "Unauthorized", "Unauthorized"))
        elif "watch" in request.query:
            self._watch(handler, request)
        else:
            handler.send(*self._read(request))

    def _read(self, request: Request) -> tuple[int, bytes]:
        parts = request.path.split("/api/v1/")[-1].split("/")
        namespace = ""
        if parts[0] == "namespaces":
            namespace, parts = parts[1], parts[2:]
        kind, name = parts[0], parts[1] if len(parts) > 1 else ""
        with self.changed:
            if kind not in self.objects:
                return 404, b"404 page not found"
            if name:
                found = self.objects[kind].get((namespace, name))
                if found is None:
                    return 404, status(404, "NotFound", f'{kind} "{name}" not found')
                return 200, json.dumps(found).encode()
            return self._page(kind, namespace, request.query)

    def _page(self, kind: str, namespace: str, query: dict[str, str]) -> tuple[int, bytes]:
        items = [
            thing
            for (space, _), thing in sorted(self.objects[kind].items())
            if namespace in {"", space} and selected(thing, query.get("labelSelector", ""))
        ]
        limit, start, version = int(query.get("limit", "0")) or len(items), 0, self.version
        if "continue" in query:
            version, start = map(int, query["continue"].split("-"))
            if version < self.compacted:
                return 410, status(410, "Expired", "the provided continue parameter is too old")
        metadata = {"resourceVersion": str(version)}
        if start + limit < len(items):
            metadata["continue"] = f"{version}-{start + limit}"
        page = {
            "kind": "List",
            "apiVersion": "v1",
            "metadata": metadata,
            "items": items[start : start + limit],
        }
        return 200, json.dumps(page).encode()

    def _watch(self, handler, request: Request) -> None:
        sent, selector = int(request.query["resourceVersion"]), request.query.get("labelSelector", "")
        if sent < self.compacted:
            handler.send(410, status(410, "Expired", f"too old resource version: {sent} ({self.compacted})"))
            return
        ends = time.monotonic() + float(request.query["timeoutSeconds"])
        handler.begin_stream()
        with self.changed:
            self._watchers.add(handler.connection)
            self.changed.notify_all()
        try:
            while True:
                with self.changed:
                    wait = min(0.2, max(0.0, ends - time.monotonic()))
                    self.changed.wait_for(lambda seen=sent: self.stopping or self.version > seen, wait)
                    if sent < self.compacted:
                        break
                    news = [entry for entry in self._history if entry[0] > sent]
                    sent = max(self.version, sent)
                for _, what, line in news:
                    if what == "raw" or selected(line["object"], selector):
                        handler.chunk(json.dumps(line).encode() + b"\n")
                if self.bookmarks and "allowWatchBookmarks" in request.query:
                    mark = {"kind": "Pod", "metadata": {"resourceVersion": str(sent)}}
                    handler.chunk(json.dumps({"type": "BOOKMARK", "object": mark}).encode() + b"\n")
                if self.stopping or time.monotonic() >= ends:
                    break
            if sent < self.compacted:
                gone = {
                    "type": "ERROR",
                    "object": json.loads(status(410, "Expired", "too old resource version")),
                }
                handler.chunk(json.dumps(gone).encode() + b"\n")
            handler.chunk(b"")
        finally:
            with self.changed:
                self._watchers.discard(handler.connection)
