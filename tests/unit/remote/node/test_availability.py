"""The addresses of a node, as the kernel lists them."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.local_host import LocalHost

from podwright.remote.node.availability import parse_addresses
from podwright.remote.node.observe import Part, observe
from podwright.remote.node.records import Record

TRIE = b"""\
           |-- 127.0.0.1
           |-- 10.0.0.9
              |-- 999.0.0.1
"""
V6 = b"""\
fd000000000000000000000000000002 04 40 00 82     eth0
not an address
"""


def test_addresses_are_read_in_their_usual_form_each_once() -> None:
    last = {"addresses": Record("addresses", "", TRIE + TRIE), "addresses-6": Record("addresses-6", "", V6)}
    assert parse_addresses(last) == ("127.0.0.1", "10.0.0.9", "fd00::2")


def test_no_address_at_all_is_not_known() -> None:
    assert parse_addresses({}) is None
    assert parse_addresses({"addresses": Record("addresses")}) is None


def test_this_machine_has_its_loopback_address_and_is_not_about_to_shut_down(tmp_path: Path) -> None:
    seen = observe("n1", LocalHost(tmp_path), folder=str(tmp_path), parts=(Part.FACTS, Part.AVAILABILITY))
    assert "127.0.0.1" in (seen.addresses or ())
    assert not seen.shutting_down
