"""Whether the Go that a kubelet is built with can read a URL. Source: net/url `Parse`, `parseAuthority`, `parseHost`."""

from __future__ import annotations

import re

from podwright.validation.checks import names

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ESCAPED = re.compile(r"([^%]|%[0-9A-Fa-f]{2})*", re.DOTALL)
_USER = re.compile(r"([A-Za-z0-9._:~!$&'()*+,;=@-]|%[0-9A-Fa-f]{2})*", re.ASCII)
#: only bytes beyond ASCII, and the percent sign itself, may be escaped in a host
_HOST = re.compile(r"""([]A-Za-z0-9._~!$&'()*+,;=:[<>"-]|[^\x00-\x7f]|%25|%[89A-Fa-f][0-9A-Fa-f])*""")
_PORT = re.compile(r"(:[0-9]*)?", re.ASCII)
#: the Go of 1.36; those before do so from some patch release on
_BRACKETS_HOLD_IPV6_SINCE = 36


def scheme_of(url: str, minor: int) -> str | None:
    """The scheme of a URL, which may be empty; None if Go cannot read the URL."""
    url, _, fragment = url.partition("#")
    found = _SCHEME.match(url)
    scheme = found[1].lower() if found else ""
    path = url[found.end() if found else 0 :].partition("?")[0]
    if _CONTROL.search(url) or url.startswith(":") or not _ESCAPED.fullmatch(fragment):
        return None
    if not path.startswith("/"):
        relative = scheme or ":" not in path.partition("/")[0]
        return scheme if relative and (scheme or _ESCAPED.fullmatch(path)) else None
    if path.startswith("//") and (scheme or not path.startswith("///")):
        authority, _, path = path[2:].partition("/")
        user, _, host = authority.rpartition("@")
        if not (_USER.fullmatch(user) and _host_is_good(host, minor)):
            return None
    return scheme if _ESCAPED.fullmatch(path) else None


def _host_is_good(host: str, minor: int) -> bool:
    strict = minor >= _BRACKETS_HOLD_IPV6_SINCE
    if host.startswith("["):
        address, bracket, port = host[1:].rpartition("]")
        name = address.partition("%25")[0]
        good = bracket and not (strict and (":" not in name or names.ip_address(name, strict=False)))
    else:
        name, port = host, host[host.rfind(":") :] if ":" in host else ""
        good = not (strict and "[" in host)
    return bool(good and _HOST.fullmatch(name) and _PORT.fullmatch(port))
