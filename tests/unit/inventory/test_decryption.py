"""Encrypted files and values of an inventory are opened when they are used, and stop only what uses them."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.expressions.encrypted_values import Sealed
from podwright.expressions.errors import ExpressionError
from podwright.expressions.evaluation import Evaluator
from podwright.expressions.scope import Evaluation, plain_value
from podwright.inventory.decryption import decrypting_reader
from podwright.inventory.load import load_inventory
from podwright.inventory.node import Inventory
from podwright.inventory.vault import Vault, VaultPassword
from podwright.secret import Secret
from podwright.templates.render import site_variables

ENCRYPTED = Path(__file__).resolve().parents[2] / "recorded" / "vault"
VAULT = Vault(lambda: [VaultPassword("default", Secret("pw1"))])


def value_of_tag(name: str) -> str:
    return "!vault |\n    " + (ENCRYPTED / f"{name}.yml").read_text().replace("\n", "\n    ").rstrip() + "\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "hosts.yaml").write_text("all: {hosts: {n1: {}, n2: {}}, vars: {stage: prod}}\n")
    for folder in ("group_vars/all", "host_vars/n1"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def loaded(site: Path, vault: Vault = VAULT) -> Inventory:
    return load_inventory(site / "hosts.yaml", reader=decrypting_reader(vault))


def seen(inventory: Inventory, node: str, name: str) -> object:
    return plain_value(Evaluation(site_variables(inventory), Evaluator()).scope(node), name)


def test_a_value_is_sealed_until_an_expression_asks_for_it(site: Path) -> None:
    (site / "group_vars/all/a.yml").write_text(
        f"long: {value_of_tag('long')}other: {value_of_tag('prod')}dsn: 'db:{{{{ long[:3] }}}}'\n"
    )
    inventory = loaded(site)
    assert isinstance(inventory.nodes[0].variables["long"], Sealed)
    assert seen(inventory, "n1", "long") == "x" * 3000
    assert seen(inventory, "n1", "dsn") == "db:xxx"
    with pytest.raises(
        ExpressionError, match="under `!vault` cannot be decrypted: none of the given passwords fits"
    ) as caught:
        seen(inventory, "n1", "other")
    assert str(caught.value.place).startswith(f"{site}/group_vars/all/a.yml:")


def test_what_nobody_asks_for_needs_no_password(site: Path) -> None:
    (site / "group_vars/all/a.yml").write_text(f"long: {value_of_tag('long')}plain: 1\n")

    def ask() -> list[VaultPassword]:
        raise AssertionError

    inventory = loaded(site, Vault(ask))
    assert seen(inventory, "n1", "plain") == 1
    assert inventory.warnings == ()


def test_the_values_of_an_encrypted_file_are_sealed_keep_their_type_and_stay_templates(site: Path) -> None:
    (site / "group_vars/all/vault.yml").write_text((ENCRYPTED / "default.yml").read_text())
    variables = (inventory := loaded(site)).nodes[0].variables
    assert repr(variables["db_password"]) == repr(variables["port"]) == "[redacted]"
    assert seen(inventory, "n1", "db_password") == "pässwörd"
    assert seen(inventory, "n1", "port") == 5432


def test_text_is_a_template_if_its_file_is_encrypted_and_none_under_a_tag(site: Path) -> None:
    def with_text(text: str) -> Vault:
        vault = Vault()
        vault.decrypt = lambda _: text  # type: ignore[method-assign]
        return vault

    header = "$ANSIBLE_VAULT;1.1;AES256\n"
    (site / "group_vars/all/vault.yml").write_text(header)
    whole = loaded(site, with_text("a: {b: ['{{ stage }}-1']}\nstatic_pods: [web]\nansible_user: ops\n"))
    assert seen(whole, "n1", "a") == {"b": ["prod-1"]}
    # what decides about nodes is no secret
    assert [pod.template for pod in whole.nodes[0].static_pods] == ["web"]
    assert whole.nodes[0].connection.user == "ops"
    (site / "group_vars/all/vault.yml").write_text(f"a: !vault '{header}'\n")
    assert seen(loaded(site, with_text("{{ stage }}")), "n1", "a") == "{{ stage }}"


def test_the_values_of_an_encrypted_ini_inventory_are_sealed(tmp_path: Path) -> None:
    vault = Vault()
    vault.decrypt = lambda _: "[web]\nn1 db_password=hunter2 ansible_user=ops\n[web:vars]\nids=[1, 2]\n"  # type: ignore[method-assign]
    (tmp_path / "hosts").write_text("$ANSIBLE_VAULT;1.1;AES256\n")
    inventory = load_inventory(tmp_path / "hosts", reader=decrypting_reader(vault))
    variables = inventory.nodes[0].variables
    assert (
        repr(variables)
        == "{'ids': [[redacted], [redacted]], 'db_password': [redacted], 'ansible_user': 'ops'}"
    )
    assert seen(inventory, "n1", "ids") == [1, 2]


def test_json_of_ansible_inventory_holds_such_values_too(site: Path) -> None:
    text = (ENCRYPTED / "long.yml").read_text().replace("\n", "\\n")
    (site / "group_vars/all/a.json").write_text(f'{{"long": {{"__ansible_vault": "{text}"}}}}')
    assert seen(loaded(site), "n1", "long") == "x" * 3000


def test_a_file_without_a_password_stops_only_its_nodes_and_only_at_the_door(site: Path) -> None:
    (site / "host_vars/n1/vault.yml").write_text((ENCRYPTED / "prod.yml").read_text())
    inventory = loaded(site)
    n1, n2 = inventory.nodes
    message = (
        "ansible-vault encrypted this file, and it cannot be decrypted:"
        " none of the given passwords fits this vault labelled `prod`"
    )
    assert n2.connection.obstacle is None
    assert n1.connection.obstacle is not None
    assert n1.connection.obstacle.message == message
    assert [str(warning) for warning in inventory.warnings] == [f"{site}/host_vars/n1/vault.yml: {message}"]


def test_a_password_of_the_login_is_opened(site: Path) -> None:
    (site / "host_vars/n1/a.yml").write_text(f"ansible_password: {value_of_tag('long')}")
    inventory = loaded(site)
    password = inventory.nodes[0].connection.password
    assert password is not None
    assert password.reveal() == "x" * 3000
    (site / "host_vars/n1/a.yml").write_text(f"ansible_password: {value_of_tag('prod')}")
    obstacle = loaded(site).nodes[0].connection.obstacle
    assert obstacle is not None
    assert obstacle.message.startswith("`ansible_password`: a value under `!vault` cannot be decrypted")
