"""Host ranges, as Ansible expands them."""
# ruff: noqa: E501

import pytest

from podwright.inventory.ranges import RangeError, expand, split_port


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("web", ["web"]),
        ("web[1:3]", ["web1", "web2", "web3"]),
        ("web[08:10]", ["web08", "web09", "web10"]),
        ("web[:2]x", ["web0x", "web1x", "web2x"]),
        ("n[0:10:5]", ["n0", "n5", "n10"]),
        ("db-[a:c]", ["db-a", "db-b", "db-c"]),
        ("db-[a:e:2]", ["db-a", "db-c", "db-e"]),
        ("[1:2]-[a:b]", ["1-a", "1-b", "2-a", "2-b"]),
    ],
)
def test_a_range_is_written_out(pattern, expected):
    assert list(expand(pattern)) == expected


@pytest.mark.parametrize(
    "pattern",
    ["a[1]", "a[1:]", "a[3:1]", "a[01:100]", "a[1:b]", "a[c:a]", "a[1:5:0]", "a[1:5:x]", "a[1:2:3:4]", "a[", "a]", "a[1:2",
     "a[0:999999999]", "a[1:1000][1:1000]", "a[²:3]", "a[-1:3]", "a[ab:cd]"],
)  # fmt: skip
def test_what_is_no_range_is_refused(pattern):
    with pytest.raises(RangeError):
        expand(pattern)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("a:22", ("a", 22)), ("a[1:3]:2222", ("a[1:3]", 2222)), ("[::1]:22", ("::1", 22)), ("fd00::1", ("fd00::1", None)),
     ("a[1:3]", ("a[1:3]", None)), ("a", ("a", None)),
     ("a_:22", ("a_:22", None)), ("[1:2]a:22", ("[1:2]a", 22)), ("x[:3]:22", ("x[:3]:22", None)), ("fd00::[1:3]", ("fd00::[1:3]", None)),
     ("[fd00::1]", ("[fd00::1]", None)), ("10.0.0.[1:9]:2222", ("10.0.0.[1:9]", 2222)), ("a.b-:1", ("a.b-:1", None))],
)  # fmt: skip
def test_a_port_is_split_off(pattern, expected):
    assert split_port(pattern) == expected
