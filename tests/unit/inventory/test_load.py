"""What stands in an inventory becomes nodes; what is wrong in it is said, all at once, where it stands."""
# ruff: noqa: E501

from __future__ import annotations

import contextlib
import subprocess
import sys
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
        ("podwright_node_name: '{{ nope }}'", "1:46 on n1: `podwright_node_name`: `nope` is undefined"),
        ("podwright_node_name: '{{ a + 1 }}', a: x", "1:43 on n1: `podwright_node_name`: this does not work: can only concatenate str (not \"int\") to str"),
        ("podwright_node_name: \"{{ lookup('env', 'NO_SUCH_VARIABLE') }}\"", "1:42 on n1: `podwright_node_name` is a lower-case DNS name, not ``"),
        ("podwright_node_name: '{{ a }}', a: '{{ b }}', b: '{{ a }}'", "1:71 on n1: `podwright_node_name`: the variables a > b > a go round in a circle"),
        ("podwright_hold: '{{ a }}', a: long", "1:37 on n1: `podwright_hold` is a number of seconds (or `90s`, `5m`, `1h`), not `long`"),
        ("ansible_ssh_common_args: '-o \"Port'", "1:46: `ansible_ssh_common_args` cannot be read: No closing quotation"),
        ("ansible_ssh_common_args: [a]", "1:46: `ansible_ssh_common_args` is not a text"),
        ("podwright_timeout: .nan", "1:40: `podwright_timeout` is a number of seconds (or `90s`, `5m`, `1h`), not `nan`"),
        ("podwright_hold: true", "1:37: `podwright_hold` is a number of seconds (or `90s`, `5m`, `1h`), not `True`"),
        ("static_pod: [a]", "1:21: podwright has no variable `static_pod`"),
        ("staticpods: [a]", "1:21: podwright has no variable `staticpods`"),
        ("podwright_manifest_dri: /x", "1:21: podwright has no variable `podwright_manifest_dri`"),
        ("podwright_manifest_dir: etc", "1:45: `podwright_manifest_dir` is an absolute path without `..`, not `etc`"),
        ("podwright_kubernetes_version: 1.30", "1:51: `podwright_kubernetes_version` is a Kubernetes version such as `1.36` or `1.36.2`, in quotes, not `1.3`"),
        ("podwright_wait_for: on", "1:41: `podwright_wait_for` is one of `file`, `running`, `mirror`, `ready`, not `True`"),
        ("podwright_timeout: soon", "1:40: `podwright_timeout` is a number of seconds (or `90s`, `5m`, `1h`), not `soon`"),
        ("static_pods: {a: maybe}", "1:38: `static_pods.a` is neither `present` nor `absent`"),
        ("static_pods: [../x]", "1:35: `../x` cannot be the name of a template"),
        ("static_pods: haproxy", "1:34: `static_pods` is a list or a mapping of template names"),
    ],
)  # fmt: skip
def test_a_bad_value_is_named_where_it_stands(tmp_path, variables, expected):
    assert problems(tmp_path, f"all: {{hosts: {{n1: {{ {variables}}}}}}}") == [expected]


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ("ansible_port: 0", "1:35: `ansible_port` is a port from 1 to 65535, not `0`"),
        ("ansible_port: true", "1:35: `ansible_port` is a port from 1 to 65535, not `True`"),
        ("ansible_host: -oProxyCommand=x", "1:35: `ansible_host` is a host name or an address, not `-oProxyCommand=x`"),
        ("ansible_become_pass: 12345", "1:42: `ansible_become_pass` is not a single line of text"),
        ("ansible_become: perhaps", "1:37: `ansible_become` is true or false, not `perhaps`"),
        ("ansible_ssh_host: 'x;>p;'", "1:39: `ansible_ssh_host` is a host name or an address, not `x;>p;`"),
        ("ansible_host: 'a*'", "1:35: `ansible_host` is a host name or an address, not `a*`"),
        ("ansible_user: $(id)", "1:35: `ansible_user` is the name of a user, not `$(id)`"),
        ("ansible_user: 'a\\'", "1:35: `ansible_user` is the name of a user, not `a\\`"),
        ("ansible_become_user: a|b", "1:42: `ansible_become_user` is the name of a user, not `a|b`"),
    ],
)  # fmt: skip
def test_a_bad_value_of_a_connection_is_a_warning_and_stands_in_the_way_of_connecting(
    tmp_path, variables, expected
):
    inventory = load(tmp_path, f"all: {{hosts: {{n1: {{ {variables}}}, n2: }}}}")
    obstacle = inventory.nodes[0].connection.obstacle
    assert [str(warning).removeprefix(f"{tmp_path}/hosts.yaml:") for warning in inventory.warnings] == [
        expected
    ]
    assert str(obstacle).removeprefix(f"{tmp_path}/hosts.yaml:") == expected
    assert inventory.nodes[1].connection.obstacle is None


def test_a_name_that_no_machine_can_have_needs_an_address(tmp_path):
    first, second = load(tmp_path, "all: {hosts: {'a;b': , 'c d': {ansible_host: e}}}").nodes
    assert first.connection.obstacle.message == "its name is not a host name or an address"
    assert second.connection == Connection("e")


def test_a_number_in_an_ini_inventory_may_be_a_password_or_a_user(tmp_path):
    (tmp_path / "hosts").write_text("n ansible_password=12345 ansible_user=1000 ansible_become=yes\n")
    connection = load_inventory(tmp_path / "hosts").nodes[0].connection
    assert (connection.password.reveal(), connection.user, connection.become) == ("12345", "1000", True)


def test_a_version_in_an_ini_inventory_needs_quotes_in_quotes(tmp_path):
    (tmp_path / "hosts").write_text("n podwright_kubernetes_version=1.36\n")
    with pytest.raises(InventoryError) as caught:
        load_inventory(tmp_path / "hosts")
    assert "`NAME=\"'VALUE'\"`" in caught.value.problems[0].hint
    (tmp_path / "hosts").write_text("n podwright_kubernetes_version=\"'1.36'\"\n")
    assert load_inventory(tmp_path / "hosts").nodes[0].settings.kubernetes_version == "1.36"


def test_a_secret_is_not_shown_when_it_is_bad(tmp_path):
    inventory = load(tmp_path, 'all: {hosts: {n1: {ansible_password: "hunter2\\nx"}}}')
    assert inventory.nodes[0].connection.obstacle is not None
    assert "hunter2" not in f"{inventory.warnings} {inventory.nodes[0].connection}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["this source names no host, no group and no variable"]),
        ("- a\n- b\n", ["1:1: the top level of an inventory maps group names to groups"]),
        ("plugin: aws_ec2", ["1:1: the inventory plugin `aws_ec2` is not supported"]),
        ("all: {hosts: [a, b]}", ["1:14: `hosts` of group `all` is a list, not a mapping"]),
        ("all: {host: {a: }}", ["1:7: `host` is not a key of a group"]),
        ("all: {hosts: {a: 1}}", ["1:18: host `a` is a single value, not a mapping of variables"]),
        ("all: {hosts: {'a:99999': }}", ["1:15: `a:99999`: a port is a number from 1 to 65535"]),
        ("all: {hosts: {no: }}", ["1:15: `False` cannot be the name of a host"]),
        ("all: {hosts: {-oX: }}", ["1:15: `-oX` cannot be the name of a host"]),
        ("all: {hosts: {'a[3:1]': }}", ["1:15: `a[3:1]`: a host range runs from the smaller to the greater number"]),
        ("hosts: {a: }", ["1:1: `hosts` is not the name of a group"]),
        ("a: {children: {all: }, hosts: {n: }}", ["1:16: `all` holds every group and is below none"]),
        ("a: {vars: {ansible_group_priority: high}, hosts: {n: }}", ["1:36: `ansible_group_priority` is a whole number"]),
        ("a: {hosts: {n: }, children: {b: {children: {c: {children: {a: }}}}}}", ["1:60: the groups a > b > c > a go round in a circle"]),
        ("a: {hosts: {n: }, children: {a: }}", ["1:30: the groups a > a go round in a circle"]),
        ("all: {vars: {a: 1}}", ["no node is named in this inventory"]),
        ("all: {hosts: {n: {x: !locked abc}}}", ["1:22: the tag `!locked` is not known here"]),
    ],
)  # fmt: skip
def test_a_file_that_is_no_inventory(tmp_path, text, expected):
    found = [problem.strip() for problem in problems(tmp_path, text)]
    assert found == expected


def test_every_problem_of_every_file_is_told_at_once(tmp_path):
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "host_vars").mkdir()
    (tmp_path / "group_vars/all.yml").write_text("podwright_hodl: 3\npodwright_timeout: soon\n")
    (tmp_path / "host_vars/n1.yml").write_text("- a list\n")
    (tmp_path / "host_vars/n2.yml").write_text("a: [\n")
    (tmp_path / "hosts.yaml").write_text("all: {hosts: {n1: , n2: , no: }, chidlren: {}}")
    with pytest.raises(InventoryError) as caught:
        load_inventory(tmp_path)
    found = [(str(problem).removeprefix(f"{tmp_path}/"), problem.hint) for problem in caught.value.problems]
    assert [message.partition(": ")[0] for message, _ in found] == [
        "group_vars/all.yml:1:1", "group_vars/all.yml:2:20", "host_vars/n1.yml:1:1", "host_vars/n2.yml:2:1",
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


def test_silenced_rules_are_a_list_or_a_mapping_of_rules_to_reasons(tmp_path):
    (tmp_path / "hosts.yaml").write_text(
        "all:\n  vars:\n    podwright_silenced_rules: {image-latest: a mirror of our own}\n"
        "  hosts:\n    a:\n    b: {podwright_silenced_rules: [no-requests]}\n"
    )
    nodes = load_inventory(tmp_path / "hosts.yaml", rules={"image-latest", "no-requests"}).nodes
    assert {node.name: node.settings.silenced_rules for node in nodes} == {
        "a": ("image-latest",), "b": ("no-requests",),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "message", "hint"),
    [
        ("{image-latest: }", "gives no reason for `image-latest`", "docs/rules.md"),
        ("{image-latest: [x]}", "gives no reason for `image-latest`", "docs/rules.md"),
        ("{1: why}", "names a rule that is not text", "docs/rules.md"),
        ("yes", "is a list of rules, or a mapping of rules to reasons", "[RULE]"),
        (
            "[image-latets]",
            "there is no rule `image-latets` that can be silenced",
            "did you mean `image-latest`?",
        ),
        (
            "{nothing: why}",
            "there is no rule `nothing` that can be silenced",
            "docs/rules.md lists the rules",
        ),
    ],
)
def test_a_rule_that_cannot_be_silenced_is_a_problem(tmp_path, value, message, hint):
    (tmp_path / "hosts.yaml").write_text(f"all:\n  hosts:\n    a: {{podwright_silenced_rules: {value}}}\n")
    with pytest.raises(InventoryError) as failure:
        load_inventory(tmp_path / "hosts.yaml", rules={"image-latest"})
    [problem] = failure.value.problems
    assert str(problem.place).endswith("hosts.yaml:3:35")
    assert message in problem.message
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ("ansible_connection: local", "1:41 on n1: `ansible_connection` is not `ssh`"),
        ("ansible_become_method: doas", "1:44 on n1: `ansible_become_method` is not `sudo`"),
        ("ansible_become_flags: -H", "1:43 on n1: `ansible_become_flags` is not supported"),
        (
            "ansible_become_password: '{{ vault_pw }}'",
            "1:50 on n1: `ansible_become_password`: `vault_pw` is undefined",
        ),
        (
            "ansible_host: '{{ a }}', a: x y",
            "1:35 on n1: `ansible_host` is a host name or an address, not `x y`",
        ),
        (
            "ansible_ssh_common_args: '{{ a }}', a: -J",
            "n1: `ansible_ssh_common_args` cannot be read: `-J` has no value",
        ),
    ],
)
def test_a_node_that_cannot_be_connected_to_is_in_nobodys_way(tmp_path, variables, expected):
    text = f"all: {{hosts: {{n1: {{ {variables}}}, n2: }}}}"
    first, second = load(tmp_path, text).nodes
    assert str(first.connection.obstacle).removeprefix(f"{tmp_path}/hosts.yaml:") == expected
    assert second.connection.obstacle is None


@pytest.mark.parametrize(
    "variables",
    [
        "ansible_connection: smart",
        "ansible_become_method: ansible.builtin.sudo",
        "ansible_su_pass: ",
        "ansible_become_exe: ''",
    ],
)
def test_what_podwright_does_anyway_is_no_obstacle(tmp_path, variables):
    assert host(tmp_path, variables).connection.obstacle is None


def test_options_of_ssh_are_settings_in_the_order_ansible_gives_them(tmp_path):
    node = host(
        tmp_path,
        "ansible_ssh_extra_args: '-p 23', ansible_ssh_common_args: '-J {{ gate }} -C', gate: g.example,"
        " ansible_ssh_args: '-o StrictHostKeyChecking=accept-new'",
    )
    assert node.connection.ssh_options == (
        ("StrictHostKeyChecking", "accept-new"), ("ProxyJump", "g.example"), ("Port", "23"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (
            "ansible_ssh_common_args: '-o Tunnel=yes -w 1 -J x'",
            ["1:46: `ansible_ssh_common_args`: `Tunnel`, `-w` is not used"],
        ),
        ("ansible_host_key_checking: no", ["1:21: `ansible_host_key_checking` is not used"]),
        ("ansible_ssh_executable: /bin/ssh", ["1:21: `ansible_ssh_executable` is not used"]),
        ("ansible_host_key_checking: yes, ansible_ssh_common_args: '-C -o ControlMaster=auto'", []),
    ],
)
def test_what_is_not_used_is_a_warning(tmp_path, variables, expected):
    inventory = load(tmp_path, f"all: {{hosts: {{n1: {{ {variables}}}}}}}")
    found = [str(problem).removeprefix(f"{tmp_path}/hosts.yaml:") for problem in inventory.warnings]
    assert found == expected


def test_a_value_that_is_an_expression_keeps_its_type_and_sees_the_site(tmp_path):
    text = """
all:
  vars:
    ansible_port: "{{ 2200 + (groups['all'].index(inventory_hostname)) }}"
    ansible_become: "{{ hostvars['n2'].root }}"
    podwright_hold: "{% if 'g' in group_names %}{{ 5 }}{% else %}{{ 7 }}{% endif %}"
  hosts: {n1: }
  children: {g: {hosts: {n2: {root: true}}}}
"""
    nodes = load(tmp_path, text).nodes
    assert [(node.name, node.connection.port, node.connection.become, node.settings.hold) for node in nodes] == [
        ("n1", 2200, True, 7.0), ("n2", 2201, True, 5.0),
    ]  # fmt: skip


def test_the_same_problem_on_many_nodes_is_told_once(tmp_path):
    text = "all: {vars: {podwright_node_name: '{{ nope }}'}, hosts: {'n[1:5]': }}"
    assert problems(tmp_path, text) == [
        "1:39 on n1, n2, n3 and 2 more nodes: `podwright_node_name`: `nope` is undefined"
    ]


def test_the_common_variable_for_the_version_counts_where_ours_says_nothing(tmp_path):
    (tmp_path / "hosts.yaml").write_text(
        'all:\n  vars: {kubernetes_version: "1.33.1"}\n  hosts:\n    a:\n'
        '    b: {podwright_kubernetes_version: "1.35"}\n    c: {kubernetes_version: newest}\n'
    )
    nodes = load_inventory(tmp_path / "hosts.yaml").nodes
    assert [node.settings.kubernetes_version for node in nodes] == ["1.33.1", "1.35", None]


@pytest.mark.parametrize(("value", "wanted"), [("plain", "False"), ("'{{ inventory_hostname }}'", "True")])
def test_only_an_inventory_with_expressions_pays_for_jinja(tmp_path, value, wanted):
    (tmp_path / "hosts.yaml").write_text(f"all: {{hosts: {{n1: {{podwright_node_name: {value}}}}}}}")
    program = (
        "import sys; from pathlib import Path; from podwright.inventory.load import load_inventory;"
        f"load_inventory(Path({str(tmp_path)!r})); print('jinja2' in sys.modules)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert answer.stdout.strip() == wanted
