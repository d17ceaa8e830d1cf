"""What the API serves, in the words that kubectl asks for before anything else."""

from __future__ import annotations

from podwright_lab.api import openapi
from podwright_lab.api.api_error import ApiError
from podwright_lab.api.kinds import KINDS, Kind
from podwright_lab.api.messages import Answer, Request, json_answer
from podwright_lab.api.objects import Object

VERSION = {
    "major": "1",
    "minor": "36",
    "gitVersion": "v1.36.2",
    "gitCommit": "",
    "gitTreeState": "clean",
    "buildDate": "2026-06-09T00:00:00Z",
    "goVersion": "go1.26",
    "compiler": "gc",
    "platform": "linux/amd64",
}
_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
_REVIEWS = {
    "authorization.k8s.io": (
        ("selfsubjectaccessreviews", "SelfSubjectAccessReview"),
        ("selfsubjectrulesreviews", "SelfSubjectRulesReview"),
    ),
    "authentication.k8s.io": (("selfsubjectreviews", "SelfSubjectReview"),),
}


def answer(request: Request) -> Answer:
    """Raises ApiError 404."""
    match request.path:
        case ("version",):
            return json_answer(VERSION)
        case ("healthz" | "livez" | "readyz", *_):
            return Answer(200, b"ok", "text/plain; charset=utf-8")
        case ("api",):
            return json_answer({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []})
        case ("apis",):
            groups = [_group(name) for name in _groups()]
            return json_answer({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
        case ("api", "v1"):
            return json_answer(_resources(""))
        case ("openapi", "v2"):
            return Answer(200, openapi.document(), openapi.MEDIA_TYPE)
        case ("apis", name) if name in _groups():
            return json_answer({"kind": "APIGroup", "apiVersion": "v1", **_group(name)})
        case ("apis", name, "v1") if name in _groups():
            return json_answer(_resources(name))
    raise ApiError(404, "NotFound", "the server could not find the requested resource")


def _groups() -> list[str]:
    return sorted({kind.group for kind in KINDS.values() if kind.group} | set(_REVIEWS))


def _group(name: str) -> Object:
    version = {"groupVersion": f"{name}/v1", "version": "v1"}
    return {"name": name, "versions": [version], "preferredVersion": version}


def _resources(group: str) -> Object:
    listed = [entry for kind in KINDS.values() if kind.group == group for entry in _entries(kind)]
    listed += [_review(plural, kind_name) for plural, kind_name in _REVIEWS.get(group, ())]
    version = f"{group}/v1" if group else "v1"
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": listed}


def _review(plural: str, kind_name: str) -> Object:
    return {
        "name": plural,
        "singularName": kind_name.lower(),
        "namespaced": False,
        "kind": kind_name,
        "verbs": ["create"],
    }


def _entries(kind: Kind) -> list[Object]:
    entry: Object = {
        "name": kind.plural,
        "singularName": kind.singular,
        "namespaced": kind.namespaced,
        "kind": kind.kind,
        "verbs": _VERBS,
    }
    if kind.short_names:
        entry["shortNames"] = list(kind.short_names)
    if kind.categories:
        entry["categories"] = list(kind.categories)
    entries = [entry]
    for name, verbs in _subresources(kind):
        entries.append(
            {
                "name": f"{kind.plural}/{name}",
                "singularName": "",
                "namespaced": kind.namespaced,
                "kind": kind.kind,
                "verbs": verbs,
            }
        )
    return entries


def _subresources(kind: Kind) -> list[tuple[str, list[str]]]:
    subresources = [("status", ["get", "patch", "update"])] if kind.has_status else []
    if kind.plural == "nodes":
        subresources.append(("proxy", ["get"]))
    return subresources
