"""One GET to the API: what is asked for, in RBAC's words and as a path."""

from __future__ import annotations

from urllib.parse import quote

from msgspec import Struct


class Request(Struct, frozen=True):
    """One GET: `verb` and `resource` are RBAC's words; `path` begins with /api, `query` is not quoted."""

    verb: str
    resource: str
    path: str
    query: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.verb} {self.resource}"

    @property
    def target(self) -> str:
        """Path and query as they are sent."""
        query = "&".join(f"{quote(key)}={quote(value, safe='')}" for key, value in self.query)
        return f"{self.path}?{query}" if query else self.path
