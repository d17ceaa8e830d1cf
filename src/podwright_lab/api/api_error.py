"""What the API server refuses, as the `metav1.Status` that it sends."""

from __future__ import annotations

from collections.abc import Sequence

from podwright_lab.api.objects import Object

__all__ = [
    "ApiError",
    "ApiUnavailable",
    "Object",
    "already_exists",
    "bad_request",
    "conflict",
    "expired",
    "forbidden",
    "invalid",
    "not_found",
]


class ApiUnavailable(Exception):  # noqa: N818 - the state of a server, as a client meets it
    """Nobody listens: what a client sees as `connection refused`."""

    def __init__(self, message: str = "dial tcp: connect: connection refused") -> None:
        super().__init__(message)


class ApiError(Exception):
    """A refusal; `str()` is the message that kubectl and the kubelet print."""

    def __init__(self, code: int, reason: str, message: str, details: Object | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details or {}

    def status(self) -> Object:
        """The body of the answer, in the field order of Go's `metav1.Status`."""
        status: Object = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
        status["message"] = self.message
        if self.reason:
            status["reason"] = self.reason
        if self.details:
            status["details"] = self.details
        return status | {"code": self.code}


def not_found(resource: str, name: str, group: str = "") -> ApiError:
    qualified = f"{resource}.{group}" if group else resource
    details: Object = {"name": name} | ({"group": group} if group else {}) | {"kind": resource}
    return ApiError(404, "NotFound", f'{qualified} "{name}" not found', details)


def already_exists(resource: str, name: str, *, being_deleted: bool = False) -> ApiError:
    prefix = "object is being deleted: " if being_deleted else ""
    message = f'{prefix}{resource} "{name}" already exists'
    return ApiError(409, "AlreadyExists", message, {"name": name, "kind": resource})


def conflict(resource: str, name: str, why: str) -> ApiError:
    message = f'Operation cannot be fulfilled on {resource} "{name}": {why}'
    return ApiError(409, "Conflict", message, {"name": name, "kind": resource})


def forbidden(resource: str, name: str, why: str, group: str = "") -> ApiError:
    subject = f"{resource}.{group}" if group else resource
    subject += f' "{name}"' if name else ""
    details: Object = (
        ({"name": name} if name else {}) | ({"group": group} if group else {}) | {"kind": resource}
    )
    return ApiError(403, "Forbidden", f"{subject} is forbidden: {why}", details)


def invalid(kind: str, name: str, problems: Sequence[str]) -> ApiError:
    """A 422; each problem reads `field: what is wrong`, and more than one is put in brackets as Go does."""
    joined = problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]"
    causes = [
        {"message": problem.partition(": ")[2], "field": problem.partition(": ")[0]} for problem in problems
    ]
    details = {"name": name, "kind": kind, "causes": causes}
    return ApiError(422, "Invalid", f'{kind} "{name}" is invalid: {joined}', details)


def bad_request(message: str) -> ApiError:
    return ApiError(400, "BadRequest", message)


def expired(message: str) -> ApiError:
    """A 410: the history that this request needs has been compacted away."""
    return ApiError(410, "Expired", message)
