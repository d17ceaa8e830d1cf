"""What to do about a file that a node's program could not write, by the message that the node gives for it."""

from __future__ import annotations

#: as the C locale has them (`strerror`), which the node's programs run in
_REMEDIES = (
    (
        "No space left on device",
        "make room on the node: `df -h` and `df -i` show which file system is full",
    ),
    ("Disk quota exceeded", "make room on the node, or raise the quota that the login is held to"),
    (
        "Read-only file system",
        "see in `dmesg` on the node why the file system became read-only, then remount it",
    ),
    ("Permission denied", "set `ansible_become: true`, or let the login write there"),
    (
        "Operation not permitted",
        "see whether the file is immutable (`lsattr`), or set `ansible_become: true`",
    ),
    ("File too large", "raise the limit on the size of files that the login is held to (`ulimit -f`)"),
    (
        "Directory not empty",
        "empty the folder on the node, or declare it no longer: only an empty one is removed",
    ),
    ("Input/output error", "see in `dmesg` on the node what is wrong with the disk"),
)
_OTHERWISE = "try to create a file there by hand, as the user that podwright becomes"


def remedy_for(message: str) -> str:
    return next((remedy for said, remedy in _REMEDIES if said in message), _OTHERWISE)
