"""A pod's content with a mask in the place of each secret; it works on parsed values, however a file lays them out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import count

from podwright.pods.go_yaml import settled
from podwright.redaction.names import names_a_secret, shows_no_secret
from podwright.redaction.patterns import Span, argument_spans
from podwright.redaction.redactor import Redactor, masked, merged

#: fields of a pod that are named like secrets and hold, or mention, none themselves
FIELDS_NAMED_LIKE_SECRETS = frozenset(
    ["automountServiceAccountToken", "imagePullSecrets", "secret", "serviceAccountToken", "tokenRequests"]
)
_ARGUMENTS = ("command", "args")


#: what stands for a secret; the second text is its place in the document, by names where there are any
MaskAt = Callable[[str, str], str]


def masked_document(
    document: Mapping[str, object], redactor: Redactor, mask: MaskAt, found: Redactor | None = None
) -> dict[str, object]:
    """The decoded document with a mask for each secret: by its name, by its form, and by what the redactors know."""
    return _Walk(redactor, found, mask).mapping(document, secret=False)


class _Walk:
    """One way through a document."""

    def __init__(self, redactor: Redactor, found: Redactor | None, mask: MaskAt) -> None:
        self._redactor = redactor
        self._found = found
        self._mask_at = mask
        self._path: list[str] = []
        self._count: Counter[str] = Counter()

    def mapping(self, value: Mapping[str, object], *, secret: bool) -> dict[str, object]:
        """The mapping masked; with `secret`, every part of it is one."""
        arguments = self._arguments(value) if "command" in value or "args" in value else {}
        named = "name" in value and _is_named_value(value)
        masked: dict[str, object] = {}
        for key, item in value.items():
            if key in arguments:
                masked[self._key(key)] = arguments[key]
                continue
            self._path.append(key)
            hidden = secret or (named and key == "value") or _is_secret_key(key, item)
            masked[self._key(key)] = self._value(item, hidden)
            self._path.pop()
        return masked

    def _value(self, value: object, secret: bool) -> object:
        if isinstance(value, str):
            return self._whole(value) if secret else self._text(value)
        if isinstance(value, dict):
            return self.mapping(value, secret=secret)
        if isinstance(value, list):
            return [self._item(item, secret) for item in value]
        if value is None or isinstance(value, bool):
            return value
        return self._mask(str(value)) if secret or self._knows(str(value)) else settled(value)

    def _item(self, item: object, secret: bool) -> object:
        self._path.append(str(item.get("name", "")) if isinstance(item, dict) else "")
        masked = self._value(item, secret)
        self._path.pop()
        return masked

    def _mask(self, secret: str) -> str:
        place = "\0".join(self._path)
        self._count[place] += 1
        return self._mask_at(secret, f"{place}\0{self._count[place]}")

    def _knows(self, text: str) -> bool:
        return self._redactor.is_secret(text) or bool(self._found and self._found.is_secret(text))

    def _key(self, key: str) -> str:
        return key if key.isalpha() else self._masked(key)

    def _whole(self, text: str) -> str:
        return text if shows_no_secret(text) else self._mask(text)

    def _text(self, text: str) -> str:
        if text.lstrip()[:1] in ("{", "["):
            depth = len(self._path)
            try:
                inner = json.loads(text)
                if (shown := self._value(inner, secret=False)) != inner:
                    return json.dumps(shown, ensure_ascii=False)
            except ValueError:
                pass
            except RecursionError:
                # no pod holds such a text: nothing of it need be shown
                del self._path[depth:]
                return self._mask(text)
        return self._masked(text)

    def _masked(self, text: str, named: Iterable[Span] = ()) -> str:
        spans = self._redactor.spans(text)
        if self._found or named:
            known = self._found.spans(text) if self._found else ()
            spans = merged(text, (*spans, *named, *known))
        return masked(text, spans, self._mask) if spans else text

    def _arguments(self, value: Mapping[str, object]) -> dict[str, list[object]]:
        """`command` and `args` are one line to the program: a flag of one may have its value in the other."""
        lists = {name: items for name in _ARGUMENTS if isinstance(items := value.get(name), list)}
        line = tuple(_argument_text(item) for items in lists.values() for item in items)
        spans = argument_spans(line)
        places = count()
        return {
            name: [
                self._argument(item, line, place, spans.get(place))
                for item, place in zip(items, places, strict=False)
            ]
            for name, items in lists.items()
        }

    def _argument(
        self, item: object, line: tuple[str, ...], place: int, named: tuple[Span, ...] | None
    ) -> object:
        flag, equals, _ = line[place].partition("=")
        self._path.append(flag if equals and flag[:1] == "-" else line[place - 1] if place else "")
        masked = self._masked(line[place], named) if named else self._value(item, secret=False)
        self._path.pop()
        return masked


def _argument_text(item: object) -> str:
    return item if isinstance(item, str) else str(item or "")


def _is_named_value(value: Mapping[str, object]) -> bool:
    """`{name: DB_PASSWORD, value: …}`, as environment variables and HTTP headers are written."""
    name = value["name"]
    return isinstance(name, str) and names_a_secret(name)


def _is_secret_key(key: str, item: object) -> bool:
    """Whether the key names a secret; a pod's own fields of such names hold maps, lists and switches."""
    return names_a_secret(key) and not (
        key in FIELDS_NAMED_LIKE_SECRETS and not isinstance(item, str | int | float)
    )
