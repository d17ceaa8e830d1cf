"""A value that never prints, and never leaves the process it is in."""

from __future__ import annotations

from typing import NoReturn


class Secret:
    """A value that must not be shown; `reveal()` at the one place that uses it.

    It prints as `[redacted]` in every format, and cannot be pickled, copied or taken apart: not a dataclass, whose
    fields `asdict` would hand out.
    """

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value = value

    def reveal(self) -> str:
        return self.__value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.reveal() == self.reveal()

    def __hash__(self) -> int:
        return hash((Secret, self.__value))

    def __repr__(self) -> str:
        return "[redacted]"

    def __format__(self, _spec: str) -> str:
        return repr(self)

    def __getstate__(self) -> NoReturn:
        raise TypeError("a secret does not travel")

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError("a secret does not travel")
