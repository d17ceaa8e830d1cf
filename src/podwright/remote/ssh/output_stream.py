"""One output stream of one program on a node: finds where the program's output begins, and where it ends."""

from __future__ import annotations

import re

#: What log-in scripts may say before a program begins.
MAX_NOISE_BYTES = 256 << 10
_STATUS = re.compile(rb"([0-9]{1,3})\n")
_STATUS_BYTES = len(b"255\n")


class TooMuchOutputError(Exception):
    """The node sent more than the cap."""


class Stream:
    """Output ends with the line `marker STATUS`; that of a shell's first program begins with the line `marker`.

    What came before that is `noise`; `size` counts the bytes of output. `status` is the program's exit status once the
    last line came, otherwise None.
    """

    def __init__(self, marker: str, *, first: bool = True) -> None:
        self._begin = f"{marker}\n".encode()
        self._mark = f"\n{marker} ".encode()
        self._held = b""
        self.noise = bytearray()
        self.size = 0
        self.started = not first
        self.status: int | None = None

    def feed(self, chunk: bytes) -> bytes:
        """Take a chunk and return the part of it that is output. Raises TooMuchOutputError for endless noise."""
        if self.status is not None:
            return b""
        if not self.started:
            # a part of the line may have come before
            unsearched = max(0, len(self.noise) - len(self._begin))
            self.noise += chunk
            begin = self.noise.find(self._begin, unsearched)
            if begin < 0:
                if len(self.noise) > MAX_NOISE_BYTES:
                    raise TooMuchOutputError
                return b""
            self.started, chunk = True, bytes(self.noise[begin + len(self._begin) :])
            del self.noise[begin:]
        output = self._without_end(self._held + chunk)
        self.size += len(output)
        return output

    def rest(self) -> bytes:
        """Nothing more will come: what was held back, since it might have been the end, is output."""
        held, self._held = self._held, b""
        self.size += len(held)
        return held

    def _without_end(self, text: bytes) -> bytes:
        """The text before the last line; what may yet become that line is held back."""
        end = text.find(self._mark)
        while end >= 0:
            after = end + len(self._mark)
            rest = text[after : after + _STATUS_BYTES]
            status = _STATUS.match(rest)
            if status:
                self.status, self._held = int(status[1]), b""
                return text[:end]
            if len(rest) < _STATUS_BYTES and b"\n" not in rest:
                break
            end = text.find(self._mark, end + 1)
        if end < 0:
            end = text.rfind(b"\n", max(0, len(text) - len(self._mark)))
            if end < 0 or not self._mark.startswith(text[end:]):
                end = len(text)
        self._held = text[end:]
        return text[:end]
