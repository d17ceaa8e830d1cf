"""The parser events of a YAML text, by libyaml through PyYAML; what it refuses is an UnreadableError with a place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import yaml
from yaml.events import Event

from podwright.pods.go_values import UnreadableError

if yaml.__with_libyaml__:
    from yaml._yaml import CParser


NextEvent = Callable[[], Event]


class BadByteError(UnreadableError):
    """A byte that no YAML text may hold; `offset` counts bytes."""

    def __init__(self, message: str, offset: int, line: int | None, column: int | None) -> None:
        super().__init__(message, line, column)
        self.offset = offset


class OddEscapeError(Exception):
    """go-yaml knows the escape `\\'` inside double quotes, which libyaml refuses; `index` counts characters."""

    def __init__(self, index: int) -> None:
        super().__init__(index)
        self._index = index

    def without_escape(self, data: bytes) -> bytes:
        text = data.decode("utf-8", "replace")
        return (text[: self._index] + "\\x27" + text[self._index + 2 :]).encode()


@contextmanager
def yaml_events(data: bytes) -> Iterator[NextEvent]:
    """Gives what returns the next event at each call, from stream start to stream end.

    Inside, what libyaml refuses raises UnreadableError, and OddEscapeError for the one escape that go-yaml knows and
    libyaml does not.
    """
    parser = _parser(data)
    # libyaml's parser, like PyYAML's own, gives an event until the stream's end, and it is not asked later
    take: NextEvent = parser.get_event  # type: ignore[assignment]
    try:
        yield take
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if mark is not None and "unknown escape" in str(error.problem) and _is_odd_escape(data, mark.index):
            raise OddEscapeError(mark.index) from None
        reason = f"yaml: {error.problem or error.context}"
        if mark is None:
            raise UnreadableError(reason) from None
        raise UnreadableError(reason, mark.line + 1, mark.column + 1) from None
    except yaml.reader.ReaderError as error:
        offset = error.position if isinstance(error.position, int) else 0
        raise BadByteError(f"yaml: {error.reason}", offset, *_reader_place(data, offset)) from None
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableError(f"yaml: {str(error)[:200]}") from None
    finally:
        parser.dispose()


def _parser(data: bytes) -> yaml.Loader | CParser:
    return CParser(data) if yaml.__with_libyaml__ else yaml.Loader(data)


def _is_odd_escape(data: bytes, index: int) -> bool:
    return data.decode("utf-8", "replace")[index : index + 2] == "\\'"


def _reader_place(data: bytes, position: int) -> tuple[int | None, int | None]:
    if position < 0 or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None, None
    before = data[:position]
    return before.count(b"\n") + 1, position - (before.rfind(b"\n") + 1) + 1
