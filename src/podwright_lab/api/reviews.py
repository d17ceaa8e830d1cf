"""What a user asks about itself: `kubectl auth can-i` and `kubectl auth whoami`."""

from __future__ import annotations

from podwright_lab.api.access import ANONYMOUS, Attributes, allowed, check_access, rules
from podwright_lab.api.bodies import object_of
from podwright_lab.api.messages import Answer, Request, json_answer
from podwright_lab.api.objects import Object

_ACCESS = ("apis", "authorization.k8s.io", "v1", "selfsubjectaccessreviews")
_RULES = ("apis", "authorization.k8s.io", "v1", "selfsubjectrulesreviews")
_WHO = ("apis", "authentication.k8s.io", "v1", "selfsubjectreviews")


def is_review(path: tuple[str, ...]) -> bool:
    return path in (_ACCESS, _RULES, _WHO)


def answer(request: Request) -> Answer:
    """Raises ApiError 400, 403 or 405."""
    verb = "create" if request.method == "POST" else request.method.lower()
    check_access(request.user, Attributes(verb, request.path[3], request.path[1]))
    review = object_of(request)
    return json_answer({**review, "status": _status(request, review.get("spec") or {})}, 201)


def _status(request: Request, spec: Object) -> Object:
    if request.path == _WHO:
        return _user_info(request.user)
    return rules(request.user) if request.path == _RULES else _verdict(request.user, spec)


def _verdict(user: str, spec: Object) -> Object:
    asked = spec.get("resourceAttributes") or {}
    subresource = f"/{asked['subresource']}" if asked.get("subresource") else ""
    wanted = Attributes(
        str(asked.get("verb", "")),
        f"{asked.get('resource', '')}{subresource}",
        str(asked.get("group", "")),
        str(asked.get("namespace", "")),
        str(asked.get("name", "")),
    )
    return {"allowed": allowed(user, wanted)}


def _user_info(user: str) -> Object:
    groups = ["system:unauthenticated"] if user == ANONYMOUS else ["system:authenticated"]
    return {"userInfo": {"username": user, "groups": groups}}
