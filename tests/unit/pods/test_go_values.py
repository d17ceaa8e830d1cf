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
