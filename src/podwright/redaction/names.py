"""Which names stand for secrets (`DB_PASSWORD_PROD`, `--api-key`), and which values under such a name are not."""

from __future__ import annotations

import re
from functools import lru_cache

from podwright.lazy_pattern import lazy_pattern

_WORD = lazy_pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
#: one of these makes a name a secret's, wherever it stands; without a plural `s`
_SECRET = lazy_pattern(
    "bearer|cred|credential|hmac|jwt|mnemonic|otp|pass|passcode|passphrase|passwd|password|pat|psk|pw|pwd|salt|secret|token"
)
#: the same where words are written as one: `dbpassword`, `authtoken`, `requirepass`
_FUSED = lazy_pattern(
    r"passw(or)?[dt]|passphrase|secret|credential|(?<!com)(?<!by)(?<!tres)pass$|pwd?$|tokens?$"
    r"|(api|secret|private|access|account|auth|ssh|master|encryption|signing)keys?$"
)
#: what sudo's rules say of commands (sudoers(5), Tag_Spec); `PASSWD` alone is also what people call a password
_TAG = "NOPASSWD"
#: these only as the last word: `AUTHORIZATION` and `TLS_PRIVATE`, not `--authorization-mode` and `PRIVATE_IP`
_SECRET_AT_THE_END = lazy_pattern("auth|authorization|oauth|cookie|private")
#: what a name is about instead of the secret, as its last word: `--token-auth-file`, `secretName`, `TOKEN_TTL`
_ABOUT = lazy_pattern(
    "age|algorithm|audience|count|dir|directory|duration|endpoint|expiration|expiry|file|format|host|issuer|length|lifetime"
    "|limit|max|min|mode|name|namespace|path|policy|port|prefix|provider|ref|second|size|spec|stdin|timeout|ttl|type|uri|url"
    "|version"
)
#: a key of this kind is not secret: `PUBLIC_KEY`, `SORT_KEY`
_OPEN_KEY = lazy_pattern(
    "cache|foreign|group|index|label|lookup|map|message|object|partition|primary|pub|public|replica|routing|row|shard|sort"
    "|topology"
)
#: of a switch that is named like a secret
_STATE = lazy_pattern("true|false|yes|no|on|off|none|null|enabled|disabled|optional|required", re.IGNORECASE)
_PATH = lazy_pattern(
    r"/(?:etc|var|run|opt|srv|usr|home|root|mnt|tmp|data|secrets|certs?|ssl|tls|pki|vault|config|keys|dev)(?:/[\w.@+-]+)+"
)
_REFERENCE = lazy_pattern(r"\$\([A-Za-z_][\w.-]*\)|\$\{[A-Z_][A-Z0-9_]*\}|\$[A-Z_][A-Z0-9_]*")


@lru_cache(maxsize=8192)
def names_a_secret(name: str) -> bool:
    """Whether what has this name (a variable, a flag, a key) is to be kept from readers."""
    words = [word.lower() for word in _WORD.findall(name[:256])]
    stems = [word if _SECRET.fullmatch(word) else word.removesuffix("s") for word in words]
    if not stems or _ABOUT.fullmatch(stems[-1]) or name == _TAG:
        return False
    if any(map(_SECRET.fullmatch, stems)) or _SECRET_AT_THE_END.fullmatch(stems[-1]):
        return True
    return any(map(_FUSED.search, words)) or _names_a_key(stems)


def _names_a_key(stems: list[str]) -> bool:
    """`API_KEY` and `API_KEY_PROD`; a bare `key` names anything, and `KEY_ID` only identifies one."""
    place = stems.index("key") if "key" in stems else 0
    return place > 0 and not _OPEN_KEY.fullmatch(stems[place - 1]) and stems[-1] != "id"


def shows_no_secret(value: object) -> bool:
    """Whether a value may be read whatever its name: a switch, a path of a file, or a reference to a variable."""
    if not isinstance(value, str):
        return value is None or isinstance(value, bool)
    text = value.strip()
    return not text or any(form.fullmatch(text) for form in (_STATE, _PATH, _REFERENCE))
