"""JSON is read as Go's decoder reads it."""

import pytest

from podwright.pods.go_json import decode_json
from podwright.pods.go_values import UnreadableError
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", {}),
        ('{"a": []}', {"a": []}),
        ('{"a": -0, "b": 10}', {"a": 0, "b": 10}),
        ('{"a": 1e2, "b": 1.50, "c": 1E-1}', {"a": 100, "b": 1.5, "c": 0.1}),
        ('{"a": true, "b": false, "c": null}', {"a": True, "b": False, "c": None}),
        (r'{"a": "\u0041\n\/\"\\"}', {"a": 'A\n/"\\'}),
        (r'{"a": "\ud83d\ude00", "b": "\ud83d"}', {"a": "\U0001f600", "b": "\N{REPLACEMENT CHARACTER}"}),
        ('\t\r\n {"a" : 1 }\n', {"a": 1}),
        ('{"a": 1, "a": [1]}', {"a": [1]}),
        ('{"a": {"b": 1}, "a": null}', {"a": None}),
        ('{"l": [1, 2, 3], "l": [4]}', {"l": [4]}),
    ],
)
def test_json_means_what_it_means_to_go(text, expected):
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ("{", (1, 2), "a key must be a string"),
        ("{a: 1}", (1, 2), "invalid character looking for a value"),
        ('{"a" 1}', (1, 6), "`:` is missing here"),
        ('{"a": 1\n "b": 2}', (2, 2), "`,` or `}` is missing here"),
        ('{"a": [1 2]}', (1, 10), "`,` or `]` is missing here"),
        ('{"a": }', (1, 7), "invalid character"),
        ('{"a":\n', (2, 1), "unexpected end of JSON input"),
        ('{"a": 1} x', (1, 10), "invalid character looking for a value"),
        ('{"a": 1} {}', (1, 10), "invalid character after top-level value"),
        ('{"a": 01}', (1, 8), "is missing here"),
        ('{"a": 1e999}', (1, 7), "a number of this size fits nowhere"),
        ('{"a": ' + "1" * 4001 + "}", (1, 7), "a number of this size fits nowhere"),
        ('{"a": "\x01"}', (1, 7), "invalid character looking for a value"),
    ],
)
def test_what_go_refuses_is_told_with_its_place(text, place, why):
    with pytest.raises(UnreadableError) as caught:
        decode(text.encode())
    assert (caught.value.line, caught.value.column) == place
    assert why in caught.value.message
    assert caught.value.message.startswith("json: ")


def test_a_pod_nests_to_two_hundred_levels_at_most():
    assert decode(b'{"a": ' + b"[" * 199 + b"]" * 199 + b"}").value
    with pytest.raises(UnreadableError, match="nested deeper than 200"):
        decode(b'{"a": ' + b"[" * 200 + b"]" * 200 + b"}")


def test_the_numbers_of_json_stay_what_they_are_until_they_are_settled():
    read, repeated = decode_json(b"[1.0, 1, 1e2, " + b"9" * 30 + b"]")
    assert repr(read) == f"[1.0, 1, 100.0, {'9' * 30}]"
    assert repeated == ()
