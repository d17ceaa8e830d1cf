"""What stands in an inventory becomes nodes; what is wrong in it is said, all at once, where it stands."""
# ruff: noqa: E501

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podwright.errors import InventoryError, UsageError
from podwright.inventory.load import load_inventory
from podwright.inventory.node import Connection, Node, NodeSettings


def load(tmp_path: Path, text: str, name: str = "hosts.yaml"):
    (tmp_path / name).write_text(text)
    return load_inventory(tmp_path / name)


def problems(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(InventoryError) as caught:
        load(tmp_path, text)
    return [str(problem).removeprefix(f"{tmp_path}/hosts.yaml:") for problem in caught.value.problems]


def host(tmp_path: Path, variables: str) -> Node:
    return load(tmp_path, f"all: {{hosts: {{n1: {{{variables}}}}}}}").nodes[0]


def test_a_node_without_variables_connects_to_its_name(tmp_path):
    assert load(tmp_path, "all: {hosts: {n1: }}").nodes == (
        Node("n1", Connection("n1"), groups=("ungrouped",)),
    )


def test_connection_variables_have_ansibles_names_and_forms(tmp_path):
    node = host(
        tmp_path,
        "ansible_host: 10.0.0.1, ansible_port: '2222', ansible_user: core, ansible_become: 'Yes', ansible_become_user: op,"
        " ansible_ssh_private_key_file: ~/k, ansible_password: s3, ansible_become_pass: s4, ansible_timeout: 1m",
    )
    connection = node.connection
    assert (connection.host, connection.port, connection.user) == ("10.0.0.1", 2222, "core")
    assert (connection.become, connection.become_user, connection.connect_timeout) == (True, "op", 60.0)
    assert connection.private_key_file == "~/k"
    assert (connection.password.reveal(), connection.become_password.reveal()) == ("s3", "s4")
    assert "s3" not in repr(node)
    assert "s4" not in repr(node)


def test_old_names_are_taken_and_win_as_in_ansible(tmp_path):
    node = host(tmp_path, "ansible_ssh_host: a, ansible_host: b, ansible_ssh_port: 23, ansible_ssh_user: u")
    assert node.connection == Connection("a", 23, "u")


def test_a_port_behind_the_name_counts_unless_a_variable_says_more(tmp_path):
    text = "all: {hosts: {'n[1:2]:2222': , 'm:23': {ansible_port: 24}}}"
    assert [node.connection.port for node in load(tmp_path, text).nodes] == [2222, 2222, 24]


def test_settings_are_read(tmp_path):
    node = host(
        tmp_path,
        "podwright_manifest_dir: /etc/k, podwright_state_dir: /s, podwright_node_name: n-1,"
        " podwright_kubernetes_version: '1.36', podwright_wait_for: mirror, podwright_timeout: 5m, podwright_hold: 0",
    )
    assert node.settings == NodeSettings("/etc/k", "/s", "n-1", "1.36", "mirror", 300.0, 0.0)


def test_references_in_settings_are_put_in(tmp_path):
    text = """
all:
  vars:
    domain: example.org
    net: {prefix: '10.0.0'}
    podwright_node_name: "{{ inventory_hostname }}.{{ domain }}"
    ansible_host: "{{ net.prefix }}.{{ net['prefix'] }}{{ id }}"
    ansible_port: "{{ port }}"
    port: 2222
  hosts: {n1: {id: 7}, n2: {id: 8}}
"""
    first, second = load(tmp_path, text).nodes
    assert (first.settings.node_name, second.settings.node_name) == ("n1.example.org", "n2.example.org")
    assert first.connection == Connection("10.0.0.10.0.07", 2222)
    assert second.connection.host == "10.0.0.10.0.08"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ("ansible_host: '{{ nope }}'", "1:35: `ansible_host`: there is no variable `nope`"),
        ("ansible_host: '{{ a | upper }}', a: x", "1:35: `ansible_host`: only `{{ variable }}` is understood here"),
        ("ansible_host: \"{{ lookup('env', 'X') }}\"", "1:35: `ansible_host`: only `{{ variable }}` is understood here"),
        ("ansible_host: '{{ a }}', a: '{{ b }}', b: '{{ a }}'", "1:35: `ansible_host`: `ansible_host > a > b > a` goes round in a circle"),
        ("ansible_port: '{{ a }}', a: high", "1:35 on n1: `ansible_port` is a port from 1 to 65535, not `high`"),
        ("ansible_port: 0", "1:35: `ansible_port` is a port from 1 to 65535, not `0`"),
        ("ansible_port: true", "1:35: `ansible_port` is a port from 1 to 65535, not `True`"),
        ("ansible_host: -oProxyCommand=x", "1:35: `ansible_host` is a name without spaces that does not begin with `-`, not `-oProxyCommand=x`"),
        ("ansible_become_pass: 12345", "1:42: `ansible_become_pass` is no single line of text"),
        ("ansible_become: perhaps", "1:37: `ansible_become` is true or false, not `perhaps`"),
        ("ansible_connection: local", "1:21: `ansible_connection` is not `ssh`"),
        ("ansible_become_method: su", "1:21: `ansible_become_method` is not `sudo`"),
        ("ansible_ssh_common_args: -J x", "1:21: `ansible_ssh_common_args` is not supported"),
        ("ansible_host_key_checking: no", "1:21: `ansible_host_key_checking` is not supported"),
        ("podwright_manifest_dri: /x", "1:21: podwright has no variable `podwright_manifest_dri`"),
        ("podwright_manifest_dir: etc", "1:45: `podwright_manifest_dir` is an absolute path without `..`, not `etc`"),
        ("podwright_kubernetes_version: 1.30", "1:51: `podwright_kubernetes_version` is a Kubernetes version such as `1.36` or `1.36.2`, in quotes, not `1.3`"),
        ("podwright_wait_for: on", "1:41: `podwright_wait_for` is one of `file`, `running`, `mirror`, `ready`, not `True`"),
        ("podwright_timeout: soon", "1:40: `podwright_timeout` is a number of seconds (or `90s`, `5m`, `1h`), not `soon`"),
        ("static_pods: {a: maybe}", "1:38: `static_pods.a` is neither `present` nor `absent`"),
        ("static_pods: [../x]", "1:35: `../x` is no name of a template"),
        ("static_pods: haproxy", "1:34: `static_pods` is a list or a mapping of template names"),
        ("no: 1", "1:21: `False` is no name of a variable"),
    ],
)  # fmt: skip
def test_a_bad_value_is_named_where_it_stands(tmp_path, variables, expected):
    assert problems(tmp_path, f"all: {{hosts: {{n1: {{ {variables}}}}}}}") == [expected]


def test_a_secret_is_not_shown_when_it_is_bad(tmp_path):
    with pytest.raises(InventoryError) as caught:
        host(tmp_path, 'ansible_password: "hunter2\\nx"')
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["the inventory file is empty"]),
        ("[a]", ["1:1: the top level of an inventory maps group names to groups"]),
        ("plugin: aws_ec2", ["1:1: inventory plugins are not supported"]),
        ("all: {hosts: [a, b]}", ["1:14: `hosts` of group `all` is a list, not a mapping"]),
        ("all: {host: {a: }}", ["1:7: `host` is no key of a group"]),
        ("all: {hosts: {a: 1}}", ["1:18: host `a` is a single value, not a mapping of variables"]),
        ("all: {hosts: {'a:99999': }}", ["1:15: `a:99999`: a port is a number from 1 to 65535"]),
        ("all: {hosts: {no: }}", ["1:15: `False` cannot be the name of a host"]),
        ("all: {hosts: {-oX: }}", ["1:15: `-oX` cannot be the name of a host"]),
        ("all: {hosts: {'a[3:1]': }}", ["1:15: `a[3:1]`: a host range runs from the smaller to the greater number"]),
        ("web: [a]\ndb: 1\nall: {hosts: {n: }}", ["1:1: group `web` is a list, not a mapping", "2:1: group `db` is a single value, not a mapping"]),
        ("hosts: {a: }", ["1:1: `hosts` stands where a group's name belongs"]),
        ("a: {children: {all: }, hosts: {n: }}", ["1:16: `all` holds every group and is below none"]),
        ("a: {vars: {ansible_group_priority: high}, hosts: {n: }}", ["1:36: `ansible_group_priority` is a whole number"]),
        ("a: {hosts: {n: }, children: {b: {children: {c: {children: {a: }}}}}}", ["1:60: the groups a > b > c > a go round in a circle"]),
        ("a: {hosts: {n: }, children: {a: }}", ["1:30: the groups a > a go round in a circle"]),
        ("all: {vars: {a: 1}}", ["no node is named in this inventory"]),
        ("all: {hosts: {n: {x: !vault abc}}}", ["1:22: `!vault` values are not supported yet"]),
    ],
)  # fmt: skip
def test_a_file_that_is_no_inventory(tmp_path, text, expected):
    found = [problem.strip() for problem in problems(tmp_path, text)]
    assert found == expected


def test_every_problem_of_every_file_is_told_at_once(tmp_path):
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "host_vars").mkdir()
    (tmp_path / "group_vars/all.yml").write_text("podwright_hodl: 3\nansible_port: 99999\n")
    (tmp_path / "host_vars/n1.yml").write_text("- a list\n")
    (tmp_path / "host_vars/n2.yml").write_text("a: [\n")
    (tmp_path / "hosts.yaml").write_text("all: {hosts: {n1: , n2: , n2: }, chidlren: {}}")
    with pytest.raises(InventoryError) as caught:
        load_inventory(tmp_path)
    found = [(str(problem).removeprefix(f"{tmp_path}/"), problem.hint) for problem in caught.value.problems]
    assert [message.partition(": ")[0] for message, _ in found] == [
        "group_vars/all.yml:1:1", "group_vars/all.yml:2:15", "host_vars/n1.yml:1:1", "host_vars/n2.yml:2:1",
        "hosts.yaml:1:27", "hosts.yaml:1:34",
    ]  # fmt: skip
    assert found[0][1] == "did you mean `podwright_hold`?"
    assert found[5][1] == "did you mean `children`?"


def test_a_folder_is_read_in_the_order_of_names_without_what_is_no_inventory(tmp_path):
    (tmp_path / "20-more.yml").write_text("web: {hosts: {b: {x: second}}}")
    (tmp_path / "10-first.yaml").write_text("web: {hosts: {a: , b: {x: first, y: 1}}}")
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper/c.yaml").write_text("all: {hosts: {c: }}")
    for ignored in (".hidden.yaml", "old.yaml.bak", "old.yaml~", "README.md", "notes.txt"):
        (tmp_path / ignored).write_text("{{{")
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars/web").write_text("z: 1")
    inventory = load_inventory(tmp_path)
    assert [node.name for node in inventory.nodes] == ["a", "b", "c"]
    assert inventory.nodes[1].variables == {"x": "second", "y": 1, "z": 1}
    assert inventory.groups == {"all": ("c", "a", "b"), "ungrouped": ("c",), "web": ("a", "b")}


def test_an_ini_inventory_is_refused_with_a_way_out(tmp_path):
    (tmp_path / "hosts").write_text("[web]\na ansible_host=1.2.3.4\n")
    (tmp_path / "x.ini").write_text("[web]\na\n")
    with pytest.raises(InventoryError) as caught:
        load_inventory(tmp_path)
    assert all("ansible-inventory -i FILE --list --yaml" in problem.hint for problem in caught.value.problems)
    assert len(caught.value.problems) == 2


def test_a_missing_inventory_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError) as caught:
        load_inventory(tmp_path / "nowhere")
    assert caught.value.message == f"no inventory at `{tmp_path}/nowhere`"
    assert "-i PATH" in caught.value.hint


def test_yaml_without_quotes_around_braces_gets_a_hint(tmp_path):
    with pytest.raises(InventoryError) as caught:
        load(tmp_path, "all: {hosts: {n: }}\nx:\n  vars:\n    a: {{ b }} c\n")
    assert any("{{" in problem.hint for problem in caught.value.problems)


def test_the_example_site_loads():
    inventory = load_inventory(Path(__file__).parents[3] / "inventory")
    pods = {node.name: {pod.template: pod.present for pod in node.static_pods} for node in inventory.nodes}
    assert pods == {
        **{f"cp-{number}": {"node-agent": True, "haproxy": True} for number in (1, 2, 3)},
        "worker-1": {"node-agent": True},
        "worker-2": {"node-agent": False},
    }
    assert [node.settings.node_name for node in inventory.nodes] == [node.name for node in inventory.nodes]


NAMES = st.sampled_from(
    [
        "all", "hosts", "children", "vars", "ungrouped", "a", "b[1:2]", "a:22", "static_pods", "ansible_host", "ansible_port",
        "ansible_connection", "ansible_become", "ansible_become_method", "ansible_ssh_common_args", "ansible_group_priority",
        "podwright_timeout", "podwright_wait_for", "podwright_x", "present", "{{ a }}", "{{ ansible_host }}", True, 1, None, 1.5,
    ]
)  # fmt: skip
ANYTHING = st.recursive(
    NAMES | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=25,
)


@given(ANYTHING, ANYTHING)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_anything_is_an_inventory_or_a_list_of_problems(tmp_path, whole, variables):
    (tmp_path / "group_vars").mkdir(exist_ok=True)
    (tmp_path / "hosts.yaml").write_text(
        yaml.safe_dump({"all": {"hosts": {"n": None}, "children": {"g": whole}}})
    )
    (tmp_path / "group_vars/all").write_text(yaml.safe_dump(variables))
    with contextlib.suppress(InventoryError):
        inventory = load_inventory(tmp_path)
        assert {node.name for node in inventory.nodes} == set(inventory.groups["all"])


def test_silenced_rules_are_a_mapping_of_rules_to_reasons(tmp_path):
    (tmp_path / "hosts.yaml").write_text(
        "all:\n  vars:\n    podwright_silenced_rules: {image-latest: a mirror of our own}\n"
        "  hosts:\n    a:\n    b: {podwright_silenced_rules: {no-requests: a test node}}\n"
    )
    by_name = {
        node.name: node.settings.silenced_rules for node in load_inventory(tmp_path / "hosts.yaml").nodes
    }
    assert by_name == {"a": ("image-latest",), "b": ("no-requests",)}


@pytest.mark.parametrize(
    "value", ["[image-latest]", "{image-latest: }", "{image-latest: [x]}", "{1: why}", "yes"]
)
def test_a_rule_silenced_without_a_reason_is_a_problem(tmp_path, value):
    (tmp_path / "hosts.yaml").write_text(f"all:\n  hosts:\n    a: {{podwright_silenced_rules: {value}}}\n")
    with pytest.raises(InventoryError) as failure:
        load_inventory(tmp_path / "hosts.yaml")
    [problem] = failure.value.problems
    assert str(problem.place).endswith("hosts.yaml:3:35")


def test_the_common_variable_for_the_version_counts_where_ours_says_nothing(tmp_path):
    (tmp_path / "hosts.yaml").write_text(
        'all:\n  vars: {kubernetes_version: "1.33.1"}\n  hosts:\n    a:\n'
        '    b: {podwright_kubernetes_version: "1.35"}\n    c: {kubernetes_version: newest}\n'
    )
    nodes = load_inventory(tmp_path / "hosts.yaml").nodes
    assert [node.settings.kubernetes_version for node in nodes] == ["1.33.1", "1.35", None]
