"""Who a bearer token belongs to, and what that user may do."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from podwright_lab.api.api_error import ApiError, forbidden
from podwright_lab.api.objects import Object

ADMIN, READER, NOBODY, ANONYMOUS = "admin", "reader", "nobody", "system:anonymous"
_READ_VERBS = frozenset(("get", "list", "watch"))
_READABLE = frozenset(("pods", "nodes", "namespaces", "events"))
#: What anybody may ask (`system:public-info-viewer`).
PUBLIC_PATHS = ("/healthz", "/livez", "/readyz", "/version")
#: Reviews of oneself are open to every authenticated user (`system:basic-user`).
_SELF_REVIEWS = frozenset(("selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"))


@dataclass(frozen=True, slots=True)
class Attributes:
    """What a request wants to do; `resource` carries its subresource after a slash."""

    verb: str
    resource: str
    group: str = ""
    namespace: str = ""
    name: str = ""


def new_tokens() -> dict[str, str]:
    """Fresh secrets, by user."""
    return {user: secrets.token_urlsafe(32) for user in (ADMIN, READER, NOBODY)}


def user_of(authorization: str | None, tokens: Mapping[str, str]) -> str:
    """Raises ApiError 401 for a token that is not ours; no token at all is anonymous, as kube-apiserver has it."""
    if not authorization:
        return ANONYMOUS
    scheme, _, given = authorization.partition(" ")
    for user, token in tokens.items():
        if scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode()):
            return user
    raise ApiError(401, "Unauthorized", "Unauthorized")


def allowed(user: str, wanted: Attributes) -> bool:
    if user == ADMIN:
        return True
    if user != ANONYMOUS and wanted.resource in _SELF_REVIEWS:
        return wanted.verb == "create"
    return user == READER and wanted.verb in _READ_VERBS and wanted.resource in _READABLE


def rules(user: str) -> Object:
    """What the user may do, in the form of a `SubjectRulesReviewStatus`."""
    if user == ADMIN:
        resources = [_rule(["*"], ["*"], ["*"])]
        paths = [{"verbs": ["*"], "nonResourceURLs": ["*"]}]
    else:
        reviews = ["authentication.k8s.io", "authorization.k8s.io"]
        resources = [_rule(["create"], reviews, sorted(_SELF_REVIEWS))]
        if user == READER:
            resources.append(_rule(sorted(_READ_VERBS), [""], sorted(_READABLE)))
        paths = [{"verbs": ["get"], "nonResourceURLs": list(PUBLIC_PATHS)}]
    return {"resourceRules": resources, "nonResourceRules": paths, "incomplete": False}


def _rule(verbs: list[str], groups: list[str], resources: list[str]) -> Object:
    return {"verbs": verbs, "apiGroups": groups, "resources": resources}


def check_access(user: str, wanted: Attributes) -> None:
    """Raises ApiError 403 in the words of the API server's RBAC."""
    if allowed(user, wanted):
        return
    where = f'in the namespace "{wanted.namespace}"' if wanted.namespace else "at the cluster scope"
    resource = wanted.resource
    why = f'User "{user}" cannot {wanted.verb} resource "{resource}" in API group "{wanted.group}" {where}'
    raise forbidden(resource.partition("/")[0], wanted.name, why, wanted.group)


def check_path(user: str, verb: str, path: str) -> None:
    """Raises ApiError 403 if `user` may not ask for a path that is not a resource."""
    if user in (ANONYMOUS,) and not path.startswith(PUBLIC_PATHS):
        message = f'forbidden: User "{user}" cannot {verb} path "{path}"'
        raise ApiError(403, "Forbidden", message)
