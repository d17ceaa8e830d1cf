"""What to say if a server and we have no key exchange, cipher or MAC in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import paramiko
from msgspec import Struct

#: of each side's names; real servers offer fewer
_MOST_NAMES = 30
_LONGEST_NAME = 64


class OfferingTransport(paramiko.Transport):
    """Remembers what the server offers, which paramiko's error does not contain."""

    server_offers: Mapping[str, Sequence[str]] = {}

    def _really_parse_kex_init(self, message: paramiko.Message, *args: object) -> Mapping[str, Sequence[str]]:
        parsed: Mapping[str, Sequence[str]] = super()._really_parse_kex_init(message, *args)  # type: ignore[misc]
        self.server_offers = parsed
        return parsed


class _Kind(Struct, frozen=True):
    """A choice both sides must agree on: as paramiko's error, we, and sshd_config name it; the lists of both sides."""

    in_error: str
    name: str
    keyword: str
    theirs: str
    ours: str


_KINDS = (
    _Kind("kex algorithm", "key exchange", "KexAlgorithms", "kex_algo_list", "preferred_kex"),
    _Kind("ciphers", "cipher", "Ciphers", "server_encrypt_algo_list", "preferred_ciphers"),
    _Kind("macs", "MAC", "MACs", "server_mac_algo_list", "preferred_macs"),
)


def nothing_in_common(error: Exception, transport: OfferingTransport | None) -> tuple[str, str] | None:
    """What completes `HOST:PORT …`, and a hint; None if the error is about something else."""
    kind = next((kind for kind in _KINDS if f"no acceptable {kind.in_error}" in str(error)), None)
    if kind is None or transport is None:
        return None
    theirs, ours = transport.server_offers.get(kind.theirs, ()), getattr(transport, kind.ours)
    return (
        f"has no {kind.name} in common with podwright: it offers {_names(theirs)}; podwright knows {_names(ours)}",
        f"add one that podwright knows to `{kind.keyword}` in the node's sshd_config, then reload sshd",
    )


def _names(names: Iterable[str]) -> str:
    """Without the markers of extensions, which are no algorithms."""
    shown = [
        f"`{name[:_LONGEST_NAME]}`"
        for name in names
        if name and not name.startswith(("ext-info-", "kex-strict-"))
    ]
    more = f" and {len(shown) - _MOST_NAMES} more" if len(shown) > _MOST_NAMES else ""
    return f"{', '.join(shown[:_MOST_NAMES])}{more}" or "none"
