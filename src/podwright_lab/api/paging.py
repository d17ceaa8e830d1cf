"""Pages of a list: where one starts, and the token that the next is asked for with."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass

from podwright_lab.api.api_error import ApiError, bad_request
from podwright_lab.api.journal import Key
from podwright_lab.api.objects import Object

CONTINUE_EXPIRED = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list "
    "without the continue parameter, or use the continue token in this response to retrieve the remainder of the "
    "results. Continuing with the provided token results in an inconsistent list - objects that were created, "
    "modified, or deleted between the time the first chunk was returned and now may show up in the list."
)


@dataclass(frozen=True, slots=True)
class Start:
    """The version a list is of, and the key after which it goes on."""

    version: int
    after: Key = ("", "")


def version_of(text: str | None) -> int:
    """Raises ApiError 400 on what is not a resourceVersion."""
    if text and text.isascii() and text.isdigit() and len(text) < 20:
        return int(text)
    raise bad_request(f'invalid resource version "{text}"' if text else "resource version is required")


def start_of(continue_token: str | None, resource_version: str | None, *, exact: bool, current: int) -> Start:
    """Raises ApiError 400 for a bad token or version, 504 for a version from the future."""
    if continue_token:
        return _from_token(continue_token)
    if resource_version in (None, "", "0"):
        return Start(current)
    version = version_of(resource_version)
    if version > current:
        details: Object = {
            "causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}],
            "retryAfterSeconds": 1,
        }
        raise ApiError(
            504, "Timeout", f"Timeout: Too large resource version: {version}, current: {current}", details
        )
    return Start(version if exact else current)


def _from_token(text: str) -> Start:
    try:
        token = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        namespace, _, name = str(token["start"]).rstrip("\0").rpartition("/")
        return Start(int(token["rv"]), (namespace, name))
    except (binascii.Error, ValueError, KeyError, TypeError):
        raise bad_request("continue key is not valid: illegal token") from None


def token(version: int, last: Key) -> str:
    start = "/".join(part for part in last if part)
    text = json.dumps({"v": "meta.k8s.io/v1", "rv": version, "start": f"{start}\0"}, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def cut(items: list[Object], limit: int | None) -> tuple[list[Object], int]:
    """The items of this page, and how many are left."""
    if not limit or limit < 0 or len(items) <= limit:
        return items, 0
    return items[:limit], len(items) - limit
