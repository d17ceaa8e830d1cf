"""The forms of names in Kubernetes: each check returns what is wrong, "" when nothing is.

Source: apimachinery `util/validation/validation.go`, `api/validation/generic.go`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from functools import lru_cache

from podwright.lazy_pattern import lazy_pattern
from podwright.validation.findings import shown

_LABEL = lazy_pattern(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = lazy_pattern(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_SUBDOMAIN_UNDERSCORE = lazy_pattern(r"[a-z0-9_]([-_a-z0-9]*[a-z0-9_])?(\.[a-z0-9_]([-_a-z0-9]*[a-z0-9_])?)*")
_QUALIFIED = lazy_pattern(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_LABEL_VALUE = lazy_pattern(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")
_ENV = lazy_pattern(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
_HEADER = lazy_pattern(r"[-A-Za-z0-9]+")
_PORT = lazy_pattern(r"[-a-z0-9]+")
_SYSCTL = lazy_pattern(r"([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?")
_CONFIG_KEY = lazy_pattern(r"[-._a-zA-Z0-9]+")


# what Go's `strings.TrimSpace` takes off an end: Python's `strip` takes U+001C to U+001F too
_BLANKS = "".join(chr(code) for code in range(0x3001) if chr(code).isspace() and not 0x1C <= code <= 0x1F)


def trimmed(value: str) -> str:
    """Without the blanks at its ends, as Go counts them."""
    return value.strip(_BLANKS)


def one_of(value: str, words: Collection[str]) -> str:
    """`""` for one of these words."""
    if value in words:
        return ""
    listed = ", ".join(f"`{word}`" for word in words)
    return f"is {shown(value)}, but must be one of {listed}" if value else f"must be one of {listed}"


def bytes_of(value: str) -> int:
    """Length as Go counts it: in UTF-8 bytes."""
    return len(value.encode("utf-8", "replace"))


@lru_cache(maxsize=4096)
def dns_label(value: str) -> str:
    """`""` for an RFC 1123 label of at most 63 characters."""
    if bytes_of(value) > 63:
        return f"is {shown(value)}, longer than 63 characters"
    if not _LABEL.fullmatch(value):
        return f"is {shown(value)}, but must be of lower case letters, digits and `-`, a letter or digit at both ends"
    return ""


@lru_cache(maxsize=4096)
def dns_subdomain(value: str, *, underscore: bool = False) -> str:
    """`""` for an RFC 1123 subdomain of at most 253 characters."""
    if bytes_of(value) > 253:
        return f"is {shown(value)}, longer than 253 characters"
    form = _SUBDOMAIN_UNDERSCORE if underscore else _SUBDOMAIN
    if not form.fullmatch(value):
        return f"is {shown(value)}, but must be of lower case letters, digits, `-` and `.`, a letter or digit at both ends"
    return ""


@lru_cache(maxsize=4096)
def qualified_name(value: str) -> str:
    """`""` for `name` or `prefix/name`, the form of label and annotation keys."""
    parts = value.split("/")
    if len(parts) > 2:
        return f"has the key {shown(value)}, but a key has at most one `/`"
    if len(parts) == 2 and (not parts[0] or dns_subdomain(parts[0])):
        return f"has the key {shown(value)}, whose part before the `/` is not a DNS name"
    name = parts[-1]
    if not name or bytes_of(name) > 63:
        return f"has the key {shown(value)}, whose name must be 1 to 63 characters long"
    if not _QUALIFIED.fullmatch(name):
        return f"has the key {shown(value)}, but a name is of letters, digits, `-`, `_`, `.`, with no sign at its ends"
    return ""


@lru_cache(maxsize=4096)
def label_value(value: str) -> str:
    """`""` for a label's value: empty, or at most 63 letters, digits, `-`, `_` and `.`."""
    if bytes_of(value) > 63:
        return f"has the value {shown(value)}, longer than 63 characters"
    if not _LABEL_VALUE.fullmatch(value):
        return f"has the value {shown(value)}, but must be of letters, digits, `-`, `_`, `.`, with no sign at its ends"
    return ""


def env_name(value: str, *, relaxed: bool) -> str:
    """`""` for the name of an environment variable; since 1.34 anything printable but `=` may be one."""
    if relaxed:
        good = value and all(" " <= character <= "~" and character != "=" for character in value)
        return "" if good else f"is {shown(value)}, but must be of printable ASCII characters other than `=`"
    if not _ENV.fullmatch(value) or value in {".", ".."} or value.startswith(".."):
        return f"is {shown(value)}, but must be of letters, digits, `-`, `_` and `.`, and begin with no digit"
    return ""


def port_name(value: str) -> str:
    """`""` for an IANA service name: at most 15 lower case letters, digits and single `-`, at least one letter."""
    good = (
        len(value) <= 15
        and _PORT.fullmatch(value)
        and any("a" <= character <= "z" for character in value)
        and "--" not in value
        and value[0] != "-"
        and value[-1] != "-"
    )
    what = "but a port's name is 1 to 15 lower case letters, digits and single `-`"
    return "" if good else f"is {shown(value)}, {what}"


def port_number(value: int) -> str:
    return "" if 1 <= value <= 65535 else f"is {value}, but must be between 1 and 65535"


def port_reference(value: object) -> str:
    """`""` for a port's number or name, as probes refer to one."""
    if isinstance(value, str):
        return port_name(value)
    return port_number(value if isinstance(value, int) else 0)


def header_name(value: str) -> str:
    wrong = f"has the header {shown(value)}, but a name is of letters, digits and `-`"
    return "" if _HEADER.fullmatch(value) else wrong


def sysctl_name(value: str) -> str:
    good = bytes_of(value) <= 253 and _SYSCTL.fullmatch(value)
    return "" if good else f"is {shown(value)}, which is not a name of a sysctl"


def config_key(value: str) -> str:
    """`""` for a key of a ConfigMap or Secret."""
    good = (
        bytes_of(value) <= 253
        and _CONFIG_KEY.fullmatch(value)
        and value != "."
        and not value.startswith("..")
    )
    return "" if good else f"is {shown(value)}, which is not a key of a ConfigMap or Secret"


def ip_address(value: str, *, strict: bool) -> str:
    """`""` for an IP address; before 1.36 (`StrictIPCIDRValidation`) leading zeros and IPv4 inside IPv6 pass too."""
    octets = value.split(".")
    if len(octets) == 4 and all(
        octet.isascii() and octet.isdigit() and int(octet[:9]) <= 255 for octet in octets
    ):
        zeros = strict and any(len(octet) > 1 and octet[0] == "0" for octet in octets)
        return f"is {shown(value)}, but must not have leading zeros" if zeros else ""
    try:
        address = ipaddress.IPv6Address(value)
    except ValueError:
        return f"is {shown(value)}, which is not an IP address"
    if strict and address.ipv4_mapped is not None:
        return f"is {shown(value)}, but must not be an IPv4 address inside an IPv6 one"
    return f"is {shown(value)}, but a zone is not allowed" if "%" in value else ""


def relative_path(value: str) -> str:
    """`""` for a path inside a folder: not absolute, without `..`."""
    if value.startswith("/"):
        return f"is {shown(value)}, but must be a relative path"
    return no_backsteps(value)


def no_backsteps(value: str) -> str:
    return f"is {shown(value)}, but must not contain `..`" if ".." in value.split("/") else ""


def file_in_volume(value: str) -> str:
    """`""` for a file's path in a volume: relative, and no name that begins with `..`."""
    wrong = relative_path(value)
    if not wrong and value.startswith(".."):
        return f"is {shown(value)}, but must not start with `..`"
    return wrong
