"""Lines of a machine's files, as a test writes them."""

from __future__ import annotations

from podwright.remote.node.facts_files import Texts, texts_of
from podwright.remote.node.records import Record


def texts(*, paths: str = "", unread: str = "", **files: str) -> Texts:
    """Files by name with `/` as `__`, `-` as `_0` and `.` as `_1`; `paths` and `unread` as the program reports them."""
    lines = "\n".join(
        f"{name.replace('__', '/').replace('_1', '.').replace('_0', '-')}:{line}"
        for name, text in files.items()
        for line in text.split("\n")
    )
    records = [("machine-texts", lines), ("machine-paths", paths), ("machine-unread", unread)]
    return texts_of(Record(kind, "", body.encode()) for kind, body in records)
