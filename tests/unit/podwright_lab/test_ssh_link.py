"""A connection that is slow, mute or cut when its node is."""

import select
import socket
import struct
import threading
import time

import pytest

from podwright_lab.ssh_link import FaultySocket, LinkFaults


@pytest.fixture
def faults():
    return LinkFaults()


@pytest.fixture
def ends(faults):
    """The node's end as the server has it, and the client's."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = socket.create_connection(listening.getsockname(), timeout=60)
        accepted, _ = listening.accept()
    link = FaultySocket.take(accepted, faults)
    assert accepted.fileno() == -1
    yield link, client
    client.close()
    link.close()


def unread(link):
    """Whether bytes of the client still wait for the node to take them."""
    return bool(select.select([link], [], [], 0)[0])


def test_a_sound_link_carries_both_ways(ends):
    link, client = ends
    client.sendall(b"to the node")
    assert link.recv(100) == b"to the node"
    link.sendall(b"from the node")
    assert client.recv(100) == b"from the node"


def test_small_packets_do_not_wait_for_each_other(ends):
    assert ends[0].getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_slow_link_waits_before_each_read(ends, faults):
    link, client = ends
    faults.delay = 0.05
    client.sendall(b"x")
    began = time.monotonic()
    assert link.recv(1) == b"x"
    assert time.monotonic() - began >= 0.05


def test_a_slow_link_does_not_wait_for_the_end(ends, faults):
    link, client = ends
    faults.delay = 60.0
    client.close()
    assert link.recv(1) == b""


def test_a_mute_link_holds_bytes_back_until_it_is_mended(ends, faults):
    link, client = ends
    faults.mute = True
    sender = threading.Thread(target=link.send, args=(b"held back",))
    sender.start()
    client.settimeout(0.05)
    with pytest.raises(TimeoutError):
        client.recv(100)
    faults.mute = False
    client.settimeout(60)
    assert client.recv(100) == b"held back"
    sender.join()


def test_a_mute_link_that_is_closed_holds_nobody(ends, faults):
    link, client = ends
    faults.mute = True
    client.sendall(b"x")
    while not unread(link):
        time.sleep(0.001)
    received = []
    reader = threading.Thread(target=lambda: received.append(link.recv(1)))
    reader.start()
    while unread(link):
        time.sleep(0.001)
    link.close()
    reader.join(60)
    assert received == [b"x"]


def test_a_link_that_is_reset_tells_the_client_so(ends):
    link, client = ends
    link.reset()
    link.reset()
    with pytest.raises(ConnectionResetError):
        client.recv(1)


def test_a_reset_leaves_nothing_to_wait_for(ends):
    link, _ = ends
    copy = socket.socket(fileno=socket.dup(link.fileno()))
    link.reset()
    with copy:
        linger = copy.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)
    assert struct.unpack("ii", linger) == (1, 0)
