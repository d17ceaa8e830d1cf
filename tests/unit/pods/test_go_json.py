"""JSON is read as Go's decoder reads it."""

from podwright.pods.go_yaml import decode, settled


def value(text):
    return settled(decode(text.encode() if isinstance(text, str) else text).value)


def test_json_merges_what_stands_twice():
    assert value('{"a": {"b": 1}, "a": {"c": 2}, "l": [{"x": 1}, 2], "l": [{"y": 1}]}') == {
        "a": {"b": 1, "c": 2},
        "l": [{"x": 1, "y": 1}],
    }


def test_keys_that_stand_twice_in_json_are_told_too():
    (repeated,) = decode(b'{"a": 1,\n "a": 2}').repeated
    assert (repeated.key, repeated.mark, repeated.first) == ("a", (2, 2), (1, 2))
