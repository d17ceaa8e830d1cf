"""The secrets of a whole inventory."""

from __future__ import annotations

from podwright.expressions.encrypted_values import Sealed
from podwright.expressions.errors import ExpressionError
from podwright.inventory.node import Connection, Inventory, Node, StaticPod
from podwright.operations.secrets import SiteSecrets, open_encrypted


def inventory(**nodes: dict[str, object]) -> Inventory:
    made = tuple(
        Node(name, Connection("127.0.0.1"), variables=variables) for name, variables in nodes.items()
    )
    return Inventory(made, groups={"all": tuple(nodes), "storage": ()})


def test_the_secrets_of_every_node_are_known() -> None:
    redactor = SiteSecrets(
        inventory(n1={"db": {"password": "hunter2"}}, n2={"api_key": "k-1234"}), {}
    ).redactor()
    assert redactor.text("hunter2 and k-1234") == "[redacted] and [redacted]"


def test_an_expression_is_what_it_comes_to_on_each_node() -> None:
    parts = {"part": {"x": "hunter"}, "db_password": "{{ part.x }}-{{ stage }}-{{ inventory_hostname }}"}
    redactor = SiteSecrets(
        inventory(n1=parts | {"stage": "blue"}, n2=parts | {"stage": "green"}), {}
    ).redactor()
    assert (
        redactor.text("hunter-blue-n1, hunter-green-n2; hunter-green-n1")
        == "[redacted], [redacted]; hunter-green-n1"
    )


def test_an_expression_that_fails_hides_nothing_and_stops_nothing() -> None:
    site = inventory(n1={"token": "{{ missing }}", "secret": "{{ secret }}", "password": "hunter2"})
    redactor = SiteSecrets(site, {}).redactor()
    assert redactor.text("hunter2") == "[redacted]"


def test_the_names_of_nodes_and_groups_are_told() -> None:
    redactor = SiteSecrets(inventory(node1={"token_backend": "node1", "secrets": ["storage"]}), {}).redactor()
    assert redactor.text("node1 of storage") == "node1 of storage"


def test_what_is_encrypted_is_known_once_it_is_opened_and_what_cannot_be_stops_nothing() -> None:
    def fails() -> str:
        raise ExpressionError("no password")

    sealed = {
        "a": [Sealed(lambda: "hunter2")],
        "b": Sealed(fails),
        "c": Sealed(lambda: "{{ a[0] }}-{{ stage }}"),
    }
    site = inventory(n1=sealed | {"stage": "blue", "d": "plain-text"}, n2=sealed | {"stage": "green"})
    secrets = SiteSecrets(site, {})
    assert secrets.redactor().text("hunter2") == "hunter2"
    open_encrypted(site)
    for plain_too in (True, False):
        redactor = secrets.redactor(plain_too=plain_too)
        assert redactor is secrets.redactor(plain_too=plain_too)
        assert redactor.text("hunter2, hunter2-blue, hunter2-green, plain-text") == (
            "[redacted], [redacted], [redacted], plain-text"
        )


def test_what_stands_in_plain_text_can_be_left_out() -> None:
    secrets = SiteSecrets(inventory(n1={"db_password": "hunter2"}), {})
    assert secrets.redactor(plain_too=False).values_hidden("hunter2") == "hunter2"


def test_the_environment_and_files_looked_up_count_by_their_names() -> None:
    environ = {"DEPLOY_TOKEN": "hunter2", "HOME": "/home/ada-l", "PWD": "/work/ada-l"}
    looked_up: dict[str, str] = {}
    secrets = SiteSecrets(inventory(), environ, looked_up)
    for plain_too in (True, False):
        redactor = secrets.redactor(plain_too=plain_too)
        assert redactor.text("hunter2 /home/ada-l /work/ada-l") == "[redacted] /home/ada-l /work/ada-l"
    looked_up |= {"secrets/db_password.txt": "from-a-file", "motd": "welcome-all"}
    assert secrets.redactor().text("from-a-file welcome-all") == "[redacted] welcome-all"


def test_variables_of_instances_and_of_the_command_line_count() -> None:
    own = {"auth_pass": "of-an-instance", "note": Sealed(lambda: "sealed-one"), "token": "{{ stage }}-made"}
    pod = StaticPod("vip", instance="a", variables=own)
    node = Node("n1", Connection("h"), (pod,), variables={"stage": "blue"})
    site = Inventory((node,), extra={"db_password": "of-the-command-line"})
    open_encrypted(site)
    shown = SiteSecrets(site, {}).redactor().text("of-an-instance sealed-one, blue-made; of-the-command-line")
    assert shown == "[redacted], [redacted]; [redacted]"
