"""The relay delays both ways by half of the round trip, and loses nothing."""

from __future__ import annotations

import socket
import threading
import time

from benchmarks.latency import relay


def echo(listener: socket.socket) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        with client:
            client.sendall(b"hello\n")
            while chunk := client.recv(65536):
                client.sendall(chunk)


def test_a_relay_costs_a_handshake_and_a_round_trip_and_keeps_every_byte() -> None:
    data = bytes(range(256)) * 4000
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=echo, args=(listener,), daemon=True).start()
        with relay([listener.getsockname()[1]], 100) as (port,):
            begun = time.monotonic()
            with socket.create_connection(("127.0.0.1", port)) as client:
                assert client.recv(6) == b"hello\n"
                # TCP's handshake and the server's first word: four times half of a round trip, never less
                assert time.monotonic() - begun >= 0.19
                sender = threading.Thread(
                    target=lambda: (client.sendall(data), client.shutdown(socket.SHUT_WR))
                )
                sender.start()
                received = b""
                while chunk := client.recv(65536):
                    received += chunk
                sender.join()
        assert received == data
        listener.shutdown(socket.SHUT_RDWR)
