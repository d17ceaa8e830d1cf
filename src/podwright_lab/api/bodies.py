"""What a request carries: JSON or protobuf objects, patches, the options of a delete."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from podwright_lab.api import protobuf
from podwright_lab.api.api_error import ApiError, bad_request
from podwright_lab.api.messages import JSON, Request
from podwright_lab.api.objects import Json, Object
from podwright_lab.api.pod_fields import unknown_fields

_PATCH_TYPES = {
    "application/json-patch+json": "json",
    "application/merge-patch+json": "merge",
    "application/strategic-merge-patch+json": "strategic",
}
_UNKNOWN_FORMAT = "the body of the request was in an unknown format - accepted media types include:"


def patch_type_of(request: Request) -> str:
    """`json`, `merge` or `strategic`; raises ApiError 415."""
    patch_type = _PATCH_TYPES.get(request.content_type)
    if patch_type is None:
        raise ApiError(415, "UnsupportedMediaType", f"{_UNKNOWN_FORMAT} {', '.join(_PATCH_TYPES)}")
    return patch_type


def json_of(request: Request) -> Json:
    if request.content_type == protobuf.MEDIA_TYPE:
        return protobuf.decode(request.body)
    if request.content_type not in (JSON, "", *_PATCH_TYPES):
        raise ApiError(415, "UnsupportedMediaType", f"{_UNKNOWN_FORMAT} {JSON}, {protobuf.MEDIA_TYPE}")
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise bad_request(f"the object provided is unrecognized: {error}") from None


def object_of(request: Request) -> Object:
    body = json_of(request)
    if not isinstance(body, dict) or not isinstance(body.get("metadata") or {}, dict):
        raise bad_request(
            "the object provided is unrecognized: json: cannot unmarshal into a Kubernetes object"
        )
    return body


@dataclass(frozen=True, slots=True)
class DeleteOptions:
    grace_seconds: int | None
    uid: str | None
    dry_run: bool


def delete_options(request: Request) -> DeleteOptions:
    body = object_of(request) if request.body.strip() else {}
    grace = body.get("gracePeriodSeconds", request.number("gracePeriodSeconds"))
    if grace is not None and (isinstance(grace, bool) or not isinstance(grace, int)):
        raise bad_request(
            "json: cannot unmarshal into Go struct field DeleteOptions.gracePeriodSeconds of type int64"
        )
    uid = (body.get("preconditions") or {}).get("uid")
    dry_run = body.get("dryRun") or request.query.get("dryRun")
    return DeleteOptions(grace, uid, is_dry_run(dry_run[0] if isinstance(dry_run, list) else dry_run))


def is_dry_run(value: object) -> bool:
    if value in (None, "", "All"):
        return value == "All"
    raise ApiError(422, "Invalid", f'dryRun: Unsupported value: "{value}": supported values: "All"')


def field_warnings(request: Request, kind: str, body: Object) -> Mapping[str, str]:
    """The headers that warn of fields a pod does not have; raises ApiError 400 if the client wants it strict."""
    check = request.query.get("fieldValidation", "Warn")
    unknown = unknown_fields(body) if kind == "pods" and check != "Ignore" else []
    messages = [f'unknown field "{path}"' for path in unknown]
    if messages and check == "Strict":
        why = f"strict decoding error: {', '.join(messages)}"
        raise bad_request(f'Pod in version "v1" cannot be handled as a Pod: {why}')
    quoted = (text.encode("ascii", "replace").decode().replace('"', '\\"') for text in messages)
    return {"Warning": ", ".join(f'299 - "{text}"' for text in quoted)} if messages else {}
