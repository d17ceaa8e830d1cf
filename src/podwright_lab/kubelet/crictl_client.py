"""The stand-in `crictl` as a program: hands its words to the lab and prints the answer; imports next to nothing."""

from __future__ import annotations

import _socket
import sys

_USAGE_ERROR = 1


def main(socket_path: str, words: list[str]) -> int:
    """Raises nothing: a lab that is gone looks like a runtime that is."""
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    folder, _, name = socket_path.rpartition("/")
    try:
        _change_folder(folder)
        connection.connect(name)
        connection.sendall("\0".join(words).encode("utf-8", "surrogateescape"))
        connection.shutdown(_socket.SHUT_WR)
        answer = _all_of(connection)
    except OSError as error:
        sys.stderr.write(
            'FATA[0000] validate service connection: validate CRI v1 runtime API for endpoint "unix://'
            f'{socket_path}": rpc error: code = Unavailable desc = connection error: {error}\n'
        )
        return 1
    head, _, body = answer.partition(b"\n")
    code, _, length = head.partition(b" ")
    split = int(length or b"0")
    sys.stdout.buffer.write(body[:split])
    sys.stdout.buffer.flush()
    sys.stderr.buffer.write(body[split:])
    return int(code or b"1")


def _change_folder(folder: str) -> None:
    """A socket's whole path may be too long for the kernel; its name is not."""
    import posix

    posix.chdir(folder or "/")


def _all_of(connection: _socket.socket) -> bytes:
    parts = []
    while part := connection.recv(1 << 16):
        parts.append(part)
    return b"".join(parts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
