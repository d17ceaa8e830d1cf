"""Notices that a link is dead although it was not closed: any server must answer a keepalive."""

from __future__ import annotations

import paramiko
from paramiko.common import cMSG_GLOBAL_REQUEST

#: servers refuse this request, which is an answer; OpenSSH's own clients ask it
_REQUEST = "keepalive@openssh.com"


def watch_link(transport: paramiko.Transport, interval: float, count: int) -> None:
    """Ask the server once nothing came for `interval` seconds, and end the link if `count` questions bring nothing.

    paramiko's own keepalive wants no answer, so it only keeps routers from forgetting the connection, and a link of
    which one direction is dead lives on.
    """
    if interval <= 0:
        return
    unanswered = 0
    packetizer = transport.packetizer
    read_message = packetizer.read_message

    def heard() -> tuple[int, paramiko.Message]:
        nonlocal unanswered
        message = read_message()
        unanswered = 0
        return message

    def ask() -> None:
        nonlocal unanswered
        unanswered += 1
        if unanswered >= count:
            # in the transport's own thread, which takes this for the end of the connection
            raise EOFError
        # not while keys are exchanged: it would wait for that in the thread that reads
        if transport.clear_to_send.is_set():
            transport._send_user_message(_question())  # type: ignore[attr-defined]

    packetizer.read_message = heard  # type: ignore[method-assign]
    packetizer.set_keepalive(interval, ask)


def _question() -> paramiko.Message:
    message = paramiko.Message()
    message.add_byte(cMSG_GLOBAL_REQUEST)
    message.add_string(_REQUEST)
    message.add_boolean(True)
    return message
