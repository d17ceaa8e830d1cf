"""A node's variables are evaluated when they are asked for; loops are named."""

from __future__ import annotations

import pytest

from podwright.expressions.errors import ExpressionError
from podwright.expressions.evaluation import Evaluator
from podwright.expressions.inventory_text import Literal
from podwright.expressions.plain_values import plain
from podwright.expressions.scope import Evaluation, LazyList, LazyMapping, Scope, plain_parts
from podwright.expressions.site_variables import SiteVariables
from podwright.expressions.undefined import MissingValue


def scope(variables: dict[str, object], **others: dict[str, object]) -> Scope:
    site = SiteVariables({"n.x": variables, **others}, {"g": ["n.x"]}, {"n.x": ["g"]}, {"n.x": "node"})
    return Evaluation(site, Evaluator()).scope("n.x")


def test_a_scope_has_the_names_of_its_node_and_those_of_the_site():
    found = scope({"a": 1})
    assert dict(found) == {
        "a": 1, "inventory_hostname": "n.x", "inventory_hostname_short": "n", "group_names": ["g"],
        "groups": {"g": ["n.x"]}, "podwright_node_name": "node",
    }  # fmt: skip
    assert (len(found), "a" in found, "b" in found, "hostvars" in found) == (6, True, False, False)
    assert found.names["ansible_play_hosts"] == ["n.x"]
    assert found.names["vars"] is found
    assert found.names["hostvars"]["n.x"] is found


def test_a_node_knows_the_file_that_named_it(tmp_path):
    file = tmp_path / "hosts.yaml"
    file.write_text("")
    site = SiteVariables({"a": {}, "b": {}}, files={"a": str(file), "b": "b,"}, common={"role_path": "/r"})
    evaluation = Evaluation(site, Evaluator())
    names = evaluation.scope("a").names
    assert (names["inventory_file"], names["inventory_dir"]) == (str(file), str(tmp_path))
    assert "inventory_file" not in evaluation.scope("b").names
    assert names["role_path"] == "/r"


def test_values_keep_their_type_and_are_evaluated_once():
    found = scope({"a": "{{ b }}", "b": ["{{ c }}"], "c": 5, "d": "{{ c }}0"})
    assert (plain(found["a"]), found["d"]) == ([5], "50")
    assert found["a"] is found["b"]


def test_containers_evaluate_item_by_item():
    found = scope({"m": {"good": 1, "bad": "{{ nope }}", "own": "{{ m.good }}"}, "l": ["{{ l[1] }}", 2, 3]})
    mapping, items = found["m"], found["l"]
    assert isinstance(mapping, LazyMapping)
    assert isinstance(items, LazyList)
    assert (mapping["good"], mapping["own"], len(mapping), "bad" in mapping) == (1, 1, 3, True)
    assert isinstance(mapping["bad"], MissingValue)
    assert (items[0], items[-1], items[1:], len(items)) == (2, 3, [2, 3], 3)
    assert (items + [4], [4] + items) == ([2, 2, 3, 4], [4, 2, 2, 3])  # noqa: RUF005 - this is what is tested
    assert items == [2, 2, 3] == items
    assert str(items) == "[2, 2, 3]"
    assert items != [2]


def test_containers_without_expressions_are_as_the_inventory_has_them():
    raw = {"a": [1, {"b": Literal("{{ x }}")}]}
    assert scope({"raw": raw})["raw"] is raw


@pytest.mark.parametrize(
    ("variables", "name", "loop"),
    [
        ({"a": "{{ a }}"}, "a", "a > a"),
        ({"a": "{{ b }}", "b": "{{ c }}", "c": "x{{ b }}"}, "a", "b > c > b"),
        ({"a": ["{{ b }}"], "b": "{{ a[0] + 1 }}"}, "b", "b > a[0] > b"),
        ({"a": "{{ hostvars.m.b }}"}, "a", "a of n.x > b of m > a of n.x"),
    ],
)
def test_a_loop_is_named(variables, name, loop):
    found = scope(variables, m={"b": "{{ hostvars['n.x'].a }}"})
    with pytest.raises(ExpressionError) as caught:
        plain(found[name])
    assert caught.value.message == f"the variables {loop} go round in a circle"


def test_a_chain_without_an_end_in_sight_is_refused():
    with pytest.raises(ExpressionError, match="more than 50 variables"):
        scope({f"v{n}": f"{{{{ v{n + 1} }}}}" for n in range(99)})["v0"]


def test_other_nodes_are_there_by_name():
    found = scope({"a": "{{ hostvars.m.colour }}"}, m={"colour": "{{ inventory_hostname }}"})
    assert (found["a"], list(found.names["hostvars"]), len(found.names["hostvars"])) == ("m", ["n.x", "m"], 2)
    with pytest.raises(KeyError):
        found.names["hostvars"]["other"]


def test_what_cannot_be_evaluated_is_named_and_nothing_in_the_rest():
    value = {"a": ["{{ 1 }}", "{{ x }}", {"b": "{{ y | z }}", "c": "{{ omit }}"}], "d": "{{ 2 }}"}
    found, failed = plain_parts(scope({"v": value}), "v")
    assert found == {"a": [1, None, {"b": None}], "d": 2}
    assert [path for path, _ in failed] == [("a", 1), ("a", 2, "b")]
    assert plain_parts(scope({"v": "{{ x }}"}), "v")[0] is None
