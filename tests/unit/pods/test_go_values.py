"""Every value knows where it stood."""

from podwright.pods.go_values import locate, plain, walk
from podwright.pods.go_yaml import decode


def test_places_are_known():
    read = decode(b"a:\n  - b\n  - {c: d}\n").value
    assert locate(read, ("a", 1, "c")) == (3, 9)
    assert locate(read, ("a", 1, "c"), key=True) == (3, 6)
    assert locate(read, ("a", 1, "missing")) == (3, 5)
    json = decode(b'{"a":\n [1,\n  {"b": 2}]}').value
    assert locate(json, ("a", 1, "b")) == (3, 9)
    assert [path for path, _ in walk(plain(read))] == [(), ("a",), ("a", 0), ("a", 1), ("a", 1, "c")]


def test_what_is_missing_stands_where_its_parent_does():
    read = decode(b"a:\n  - b\n  - {c: d}\n").value
    assert locate(read, ()) == (1, 1)
    assert locate(read, ("a",), key=True) == (1, 1)
    assert locate(read, ("x", "y")) == (1, 1)
    assert locate(read, ("a", 2)) == locate(read, ("a", "b")) == (2, 3)
    assert locate(read, ("a", 0, "c")) == (2, 5)
    assert locate({"a": 1}, ("a",)) is None


def test_plain_values_are_copies_without_places():
    read = decode(b"a: &x {b: [1]}\nc: *x\n").value
    copy = plain(read)
    assert copy == {"a": {"b": [1]}, "c": {"b": [1]}}
    assert type(copy) is type(copy["a"]) is dict
    assert type(copy["a"]["b"]) is list
    assert copy["a"] is not copy["c"]
