"""What a request's path and method name: a resource, maybe one object of it, and the verb that rights are of."""

from __future__ import annotations

from dataclasses import dataclass

from podwright_lab.api import reviews
from podwright_lab.api.access import Attributes
from podwright_lab.api.api_error import ApiError
from podwright_lab.api.kinds import KINDS, Kind
from podwright_lab.api.messages import Request


@dataclass(frozen=True, slots=True)
class Target:
    """What a path below `/api/v1` or `/apis/GROUP/v1` names; `extra` is what follows the subresource."""

    kind: Kind
    namespace: str | None
    name: str
    subresource: str
    extra: tuple[str, ...]

    def attributes(self, verb: str) -> Attributes:
        resource = f"{self.kind.plural}/{self.subresource}" if self.subresource else self.kind.plural
        return Attributes(verb, resource, self.kind.group, self.namespace or "", self.name)


def target_of(path: tuple[str, ...]) -> Target | None:
    """What a path names, `None` for one that is not a resource; raises ApiError 404 for a resource that is not served."""
    if path[:2] == ("api", "v1") and len(path) > 2:
        group, rest = "", path[2:]
    elif path[0] == "apis" and len(path) > 3 and path[2] == "v1" and not reviews.is_review(path):
        group, rest = path[1], path[3:]
    else:
        return None
    namespace = None
    if rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in ("status", "finalize"):
        namespace, rest = rest[1], rest[2:]
    kind = KINDS.get(rest[0])
    if kind is None or kind.group != group or (namespace is not None and not kind.namespaced):
        raise ApiError(404, "NotFound", "the server could not find the requested resource")
    name, subresource = (*rest[1:3], "", "")[:2]
    if name and kind.namespaced and namespace is None:
        raise ApiError(404, "NotFound", "the server could not find the requested resource")
    if subresource == "status" and not kind.has_status:
        raise ApiError(404, "NotFound", "the server could not find the requested resource")
    return Target(kind, namespace, name, subresource, tuple(rest[3:]))


def verb_of(request: Request, target: Target) -> str:
    named = bool(target.name)
    match request.method:
        case "GET" if not named and request.flag("watch"):
            return "watch"
        case "GET" | "HEAD":
            return "get" if named else "list"
        case "POST" if not named:
            return "create"
        case "POST" if target.subresource:
            return "create"
        case "PUT" if named:
            return "update"
        case "PATCH" if named:
            return "patch"
        case "DELETE":
            return "delete" if named else "deletecollection"
    raise ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")
