"""One template of several nodes' pods, with the least that differs as variables."""

from __future__ import annotations

import re

import pytest

from podwright.templates.from_pods import UnlikeError, template_of

NOTHING_KNOWN = {"cp-1": {}, "cp-2": {}}


def pod(*arguments: str, **fields: object) -> dict[str, object]:
    container = {"name": "main", "command": ["kube-apiserver", *arguments], **fields}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "kube-apiserver"},
        "spec": {"containers": [container]},
    }


def both(one: dict[str, object], other: dict[str, object], known=NOTHING_KNOWN):
    return template_of("kube-apiserver", {"cp-1": one, "cp-2": other}, known)


def test_equal_pods_are_a_template_without_variables() -> None:
    made = both(pod("--v=2"), pod("--v=2"))
    assert "{{" not in made.text
    assert made.values == {"cp-1": {}, "cp-2": {}}


def test_the_part_that_differs_becomes_a_variable_named_by_its_flag() -> None:
    made = both(pod("--advertise-address=10.0.0.1"), pod("--advertise-address=10.0.0.2"))
    assert '- "--advertise-address={{ kube_apiserver_advertise_address }}"' in made.text
    assert made.values == {
        "cp-1": {"kube_apiserver_advertise_address": "10.0.0.1"},
        "cp-2": {"kube_apiserver_advertise_address": "10.0.0.2"},
    }


def test_equal_values_share_a_variable_in_a_url_and_alone() -> None:
    made = both(
        pod("--listen=https://10.0.0.1:2379", "--address=10.0.0.1"),
        pod("--listen=https://10.0.0.2:2379", "--address=10.0.0.2"),
    )
    assert '"--listen=https://{{ kube_apiserver_listen }}:2379"' in made.text
    assert '"--address={{ kube_apiserver_listen }}"' in made.text


def test_what_the_inventory_knows_is_used_as_it_is() -> None:
    known = {"cp-1": {"ansible_host": "10.0.0.1"}, "cp-2": {"ansible_host": "10.0.0.2"}}
    made = both(pod("--name=cp-1", "--address=10.0.0.1"), pod("--name=cp-2", "--address=10.0.0.2"), known)
    assert '"--name={{ inventory_hostname }}"' in made.text
    assert '"--address={{ ansible_host }}"' in made.text
    assert made.values == {"cp-1": {}, "cp-2": {}}


def test_numbers_and_fields_are_variables_of_their_own_type() -> None:
    made = both(pod(ports=[{"containerPort": 80}]), pod(ports=[{"containerPort": 81}]))
    assert "containerPort: {{ kube_apiserver_containerport | to_json }}" in made.text
    assert made.values["cp-2"] == {"kube_apiserver_containerport": 81}


def test_a_name_that_is_taken_gets_a_number() -> None:
    known = {"cp-1": {"kube_apiserver_v": "9"}, "cp-2": {}}
    made = both(pod("--v=1"), pod("--v=2"), known)
    assert made.values["cp-1"] == {"kube_apiserver_v_2": "1"}


def test_a_name_that_means_something_to_podwright_is_not_given() -> None:
    made = template_of("podwright-web", {"cp-1": pod("--v=1"), "cp-2": pod("--v=2")}, NOTHING_KNOWN)
    assert made.values["cp-1"] == {"pod_podwright_web_v": "1"}


def test_a_pod_cannot_choose_the_names_of_variables_at_will() -> None:
    made = both(
        pod(env=[{"name": "value", "value": "1"}], **{"x" * 500: "1", "{{ lookup('env', 'HOME') }}": "1"}),
        pod(env=[{"name": "value", "value": "2"}], **{"x" * 500: "3", "{{ lookup('env', 'HOME') }}": "4"}),
    )
    assert sorted(made.values["cp-2"].values()) == ["2", "3", "4"]
    assert all(re.fullmatch(r"kube_apiserver_[a-z_]{1,60}", name) for name in made.values["cp-2"])
    assert "{{ lookup" not in made.text


def test_one_and_true_are_two_values() -> None:
    assert "| to_json" in both(pod(tty=1), pod(tty=True)).text


def test_what_looks_like_an_expression_is_kept_as_text() -> None:
    made = both(pod("{{.Names}}", "--x=a{%b"), pod("{{.Names}}", "--x=a{%c"))
    assert "{{ '{{' }}.Names}}" in made.text
    assert made.values["cp-1"] == {"kube_apiserver_x": "--x=a{{ '{%' }}b"}


@pytest.mark.parametrize(
    "other", [pod("--v=1", "--w"), pod("--v=1", image="web"), {**pod(), "kind": ["Pod"]}]
)
def test_another_structure_is_not_explained_by_values(other) -> None:
    with pytest.raises(UnlikeError) as raised:
        both(pod("--v=1"), other)
    assert (raised.value.node, raised.value.other) == ("cp-1", "cp-2")
