"""Fields of a fitted pod read as Go sees them: what is absent is its type's zero value."""

import pytest

from podwright.pods.go_fields import (
    child,
    each,
    each_container,
    flag,
    number,
    numbers,
    pairs,
    records,
    text,
    texts,
)


def test_an_absent_field_is_zero():
    assert (text({}, "a"), number({}, "a"), flag({}, "a"), child({}, "a")) == ("", 0, False, {})
    assert [*records({}, "a"), *texts({}, "a"), *numbers({}, "a"), *each({}, "a", ())] == []
    assert pairs({}, "a") == {}


def test_a_field_that_is_there_is_its_value():
    pod = {"text": "a", "flag": True, "child": {"b": 1}, "list": [{}], "texts": ["a"], "numbers": [1]}
    assert (text(pod, "text"), flag(pod, "flag"), child(pod, "child")) == ("a", True, {"b": 1})
    assert (records(pod, "list"), texts(pod, "texts"), numbers(pod, "numbers")) == ([{}], ["a"], [1])


@pytest.mark.parametrize(("value", "read"), [(5, 5), (0, 0), (-1, -1), ("web", 30), (True, 30), (None, 30)])
def test_a_number_is_not_a_word_or_a_flag(value, read):
    assert number({"port": value}, "port", 30) == read


def test_pairs_are_a_copy():
    spec = {"limits": {"cpu": "1"}}
    pairs(spec, "limits")["memory"] = "2"
    assert spec == {"limits": {"cpu": "1"}}


def test_each_object_of_a_list_has_its_path():
    found = list(each({"ports": [{"a": 1}, {"b": 2}]}, "ports", ("spec", 0)))
    assert found == [(("spec", 0, "ports", 0), {"a": 1}), (("spec", 0, "ports", 1), {"b": 2})]


def test_init_containers_come_before_containers():
    spec = {"containers": [{"name": "c"}], "initContainers": [{"name": "i"}, {"name": "j"}]}
    assert [(path, container["name"]) for path, container in each_container(spec)] == [
        (("spec", "initContainers", 0), "i"),
        (("spec", "initContainers", 1), "j"),
        (("spec", "containers", 0), "c"),
    ]
