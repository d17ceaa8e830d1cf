"""Answers the stand-in `crictl`: what one node's runtime holds, in crictl's own shapes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from podwright_lab.api.api_error import Object
from podwright_lab.kubelet import crictl_images
from podwright_lab.kubelet.agenda import Agenda, Scope
from podwright_lab.kubelet.cri import Container, Sandbox
from podwright_lab.kubelet.crictl_inspect import container_details, runtime_info, sandbox_details
from podwright_lab.kubelet.crictl_output import Answer, as_json, fatal, printed
from podwright_lab.kubelet.crictl_words import COMMANDS, Words, WordsError, parse
from podwright_lab.kubelet.runtime import Runtime

VERSION = "v1.26.0"
#: where crictl looks first if no runtime endpoint is given
_DEFAULT_ENDPOINT = "unix:///run/containerd/containerd.sock"
Item = TypeVar("Item", Sandbox, Container)
_VERSION_TEXT = "Version:  0.1.0\nRuntimeName:  containerd\nRuntimeVersion:  1.6.20\nRuntimeApiVersion:  v1\n"


class Crictl:
    """Commands against one runtime, which answers at `endpoints` only; `now_ns` is the clock for ages.

    Stopping a sandbox takes its time afterwards.
    """

    def __init__(
        self,
        runtime: Runtime,
        agenda: Agenda,
        now_ns: Callable[[], int],
        endpoints: Callable[[], Sequence[str]] = lambda: ("",),
    ) -> None:
        self._runtime = runtime
        self._agenda = agenda
        self._now_ns = now_ns
        self._endpoints = endpoints
        self._scope = Scope()

    def answer(self, words: Sequence[str]) -> Answer:
        """Never raises; what crictl does not know is an error with exit code 1."""
        try:
            read = parse(list(words))
        except WordsError as error:
            return fatal(str(error))
        if read.has("version"):
            return Answer(f"crictl version {VERSION}\n")
        if not read.command or read.has("help"):
            return Answer(f"NAME:\n   crictl - client for CRI\n\nCOMMANDS:\n   {', '.join(COMMANDS)}\n")
        if read.last("runtime-endpoint") not in self._endpoints():
            return _unreachable(read.last("runtime-endpoint") or _DEFAULT_ENDPOINT)
        try:
            return self._run(read)
        except re.error as error:
            return fatal(f"listing failed: error parsing regexp: {error}")

    def _run(self, words: Words) -> Answer:
        match words.command:
            case "pods":
                return self._pods(words)
            case "ps":
                return self._containers(words)
            case "inspect" | "inspectp":
                return self._inspect(words)
            case "images":
                return crictl_images.images(words, self._runtime.images)
            case "inspecti":
                return crictl_images.inspect_image(words, self._runtime.images)
            case "pull":
                return crictl_images.pull(words, self._runtime.images)
            case "rmi":
                return crictl_images.remove(words, self._runtime.images)
            case "info":
                return Answer(as_json(runtime_info()))
            case "version":
                return Answer(_VERSION_TEXT)
            case "logs":
                return self._logs(words)
        return self._change(words)

    def _pods(self, words: Words) -> Answer:
        found = [sandbox for sandbox in self._runtime.sandboxes.values() if self._chosen_pod(words, sandbox)]
        found = _newest_first(words, found)
        if words.has("quiet"):
            return Answer("".join(f"{sandbox.id}\n" for sandbox in found))
        listed = {"items": [sandbox.listed() for sandbox in found]}
        return printed(words, listed, lambda: self._pod_table(found))

    def _chosen_pod(self, words: Words, sandbox: Sandbox) -> bool:
        return (
            _matches(words.last("name"), sandbox.name)
            and _matches(words.last("namespace"), sandbox.namespace)
            and sandbox.id.startswith(words.last("id"))
            and _labelled(words, sandbox.labels)
            and words.last("state").lower() in ("", "ready" if sandbox.ready else "notready")
        )

    def _pod_table(self, found: list[Sandbox]) -> list[list[str]]:
        head = ["POD ID", "CREATED", "STATE", "NAME", "NAMESPACE", "ATTEMPT", "RUNTIME"]
        rows = [
            [
                sandbox.id[:13],
                self._age(sandbox.created_at),
                "Ready" if sandbox.ready else "NotReady",
                sandbox.name,
                sandbox.namespace,
                str(sandbox.attempt),
                "(default)",
            ]
            for sandbox in found
        ]
        return [head, *rows]

    def _containers(self, words: Words) -> Answer:
        found = [c for c in self._runtime.containers.values() if self._chosen_container(words, c)]
        found = _newest_first(words, found)
        if words.has("quiet"):
            return Answer("".join(f"{container.id}\n" for container in found))
        listed = {"containers": [container.listed() for container in found]}
        return printed(words, listed, lambda: self._container_table(found))

    def _chosen_container(self, words: Words, container: Container) -> bool:
        state = words.last("state").lower()
        everything = (
            words.has("all") or state or words.last("id") or words.has("latest") or words.last("last")
        )
        return (
            (bool(everything) or container.running)
            and state in ("", container.state.removeprefix("CONTAINER_").lower())
            and _matches(words.last("name"), container.name)
            and _matches(words.last("namespace"), container.namespace)
            and container.id.startswith(words.last("id"))
            and container.sandbox_id.startswith(words.last("pod"))
            and _labelled(words, container.labels())
        )

    def _container_table(self, found: list[Container]) -> list[list[str]]:
        head = ["CONTAINER", "IMAGE", "CREATED", "STATE", "NAME", "ATTEMPT", "POD ID", "POD", "NAMESPACE"]
        rows = [
            [
                container.id[:13],
                container.image_ref.removeprefix("sha256:")[:13],
                self._age(container.created_at),
                container.state.removeprefix("CONTAINER_").capitalize(),
                container.name,
                str(container.attempt),
                container.sandbox_id[:13],
                container.pod_name,
                container.namespace,
            ]
            for container in found
        ]
        return [head, *rows]

    def _age(self, created_at: int) -> str:
        seconds = max(0, (self._now_ns() - created_at) // 10**9)
        for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
            if seconds >= size:
                count = seconds // size
                return (
                    f"About {'an' if unit == 'hour' else 'a'} {unit} ago"
                    if count == 1
                    else f"{count} {unit}s ago"
                )
        return (
            "Less than a second ago" if seconds < 1 else f"{seconds} second{'s' if seconds > 1 else ''} ago"
        )

    def _inspect(self, words: Words) -> Answer:
        pods = words.command == "inspectp"
        found = self._named(words, pods=pods)
        if not found:
            return self._missing(words)
        details = [self._details(item) for item in found]
        shown = details[0] if len(details) == 1 else details
        return printed(words, shown, lambda: [[as_json(shown)]], default="json")

    def _details(self, item: Sandbox | Container) -> Object:
        if isinstance(item, Container):
            return container_details(item, self._runtime.logs.path(item))
        return sandbox_details(item)

    def _logs(self, words: Words) -> Answer:
        """Of one container; with `--previous` of its life before. Follows nothing: what is there is all."""
        found = [item for item in self._named(words, pods=False) if isinstance(item, Container)]
        if found and words.has("previous"):
            lives = self._runtime.status(found[0].pod_uid).of(found[0].name)
            found = [life for life in lives if life.attempt == found[0].attempt - 1]
        if not found:
            return self._missing(words)
        tail = words.last("tail", "-1")
        if not tail.removeprefix("-").isdigit():
            return fatal(f'invalid value \\"{tail}\\" for flag -tail: parse error')
        content = self._runtime.logs.read(
            found[0], tail=int(tail) if int(tail) >= 0 else None, timestamps=words.has("timestamps")
        )
        return Answer(content.decode(errors="replace"))

    def _named(self, words: Words, *, pods: bool) -> list[Sandbox | Container]:
        """The sandboxes or containers whose ids begin with an argument."""
        runtime = self._runtime
        items: list[Sandbox | Container] = (
            [*runtime.sandboxes.values()] if pods else [*runtime.containers.values()]
        )
        return [item for word in words.arguments for item in items if word and item.id.startswith(word)]

    @staticmethod
    def _missing(words: Words) -> Answer:
        if not words.arguments:
            return fatal("ID cannot be empty")
        what = "sandbox" if words.command in ("inspectp", "stopp", "rmp") else "container"
        return fatal(f'an error occurred when try to find {what} \\"{words.arguments[0]}\\": not found')

    def _change(self, words: Words) -> Answer:
        """`stop`, `stopp`, `rm` and `rmp`: the kubelet sees what they did at its next look."""
        pods = words.command in ("stopp", "rmp")
        found = self._named(words, pods=pods)
        if not found:
            return self._missing(words)
        lines = []
        for item in found:
            if words.command in ("rm", "rmp"):
                lines.append(self._remove(item))
            else:
                lines.append(self._stop(item, words))
        return Answer("".join(lines))

    def _stop(self, item: Sandbox | Container, words: Words) -> str:
        if isinstance(item, Sandbox):
            self._agenda.spawn(self._runtime.stop_sandbox(item.id), self._scope)
            return f"Stopped sandbox {item.id}\n"
        grace = words.last("timeout", "0")
        seconds = float(grace) if grace.isdigit() else 0.0
        self._agenda.spawn(self._runtime.stop_container(item.id, seconds), self._scope)
        return f"{item.id}\n"

    def _remove(self, item: Sandbox | Container) -> str:
        if isinstance(item, Sandbox):
            self._runtime.remove_sandbox(item.id)
            return f"Removed sandbox {item.id}\n"
        self._runtime.remove_container(item.id)
        return f"{item.id}\n"


def _unreachable(endpoint: str) -> Answer:
    path = endpoint.removeprefix("unix://")
    why = f"transport: Error while dialing: dial unix {path}: connect: no such file or directory"
    return fatal(
        f'validate service connection: validate CRI v1 runtime API for endpoint \\"{endpoint}\\": rpc error: '
        f'code = Unavailable desc = connection error: desc = \\"{why}\\"'
    )


def _newest_first(words: Words, found: list[Item]) -> list[Item]:
    found = sorted(found, key=lambda item: item.created_at, reverse=True)
    if words.has("latest"):
        return found[:1]
    last = words.last("last")
    return found[: int(last)] if last.isdigit() and int(last) else found


def _matches(pattern: str, text: str) -> bool:
    return not pattern or re.search(pattern, text) is not None


def _labelled(words: Words, labels: dict[str, str]) -> bool:
    wanted = (label.partition("=") for label in words.options.get("label", ()))
    return all(labels.get(key) == value for key, _, value in wanted)
