"""The one list of names: what is a secret's, what only sounds so."""

from __future__ import annotations

import pytest

from podwright.redaction.documents import FIELDS_NAMED_LIKE_SECRETS
from podwright.redaction.names import names_a_secret, shows_no_secret
from podwright.validation.schema import NEWEST_MINOR, OLDEST_MINOR, pod_types


def _words(text: str) -> list[str]:
    return text.split()


SECRETS = _words("""
    API_KEY API_KEYS API_KEY_PROD APIKEY apiKey accountKey AUTH_TOKEN authToken Authorization
    AWS_SECRET_ACCESS_KEY BASIC_AUTH client-secret clientSecret Cookie DB_PASSWORD DB_PASSWORD_PROD
    db_credentials dbpassword ENCRYPTION_KEY GH_PAT htpasswd masterkey MYSQL_PWD PASS PASSPHRASE PASSWD Passwd
    passwords PGPASSWORD POSTGRES_PASSWORD_HASH REDIS_PASS requirepass rootPassword secret SECRET_KEY_BASE
    SIGNING_KEY_2 spring.datasource.password SSH_PRIVATE_KEY TLS_PRIVATE token TOKENS VAULT_SECRET_ID
    X-Api-Key example.com/db-password
""")

OTHERS = _words("""
    anonymous-auth-enabled-for authorization-mode author AWS_ACCESS_KEY_ID BYPASS CLIENT_ID compass compat
    dispatch encryption-provider-config hotkey KEY key KEYCLOAK_URL keyring monkey NOPASSWD passive passwd-file path
    PATH pathType pattern POD_NAME PRIVATE_IP PUBLIC_KEY secretKeyRef secretName secretRef
    service-account-signing-key-file SORT_KEY spawn tls-private-key-file token-auth-file TOKEN_TTL
    tokenExpirationSeconds TOKENIZERS_PARALLELISM topologyKey username
""")


@pytest.mark.parametrize("name", SECRETS)
def test_a_name_of_a_secret(name) -> None:
    assert names_a_secret(name)


@pytest.mark.parametrize("name", OTHERS)
def test_a_name_that_only_sounds_like_one(name) -> None:
    assert not names_a_secret(name)


@pytest.mark.parametrize("minor", range(OLDEST_MINOR, NEWEST_MINOR + 1))
def test_every_field_of_a_pod_that_sounds_like_a_secret_is_known(minor) -> None:
    fields = {field for fields in pod_types(minor).values() for field in fields}
    assert {field for field in fields if names_a_secret(field)} <= FIELDS_NAMED_LIKE_SECRETS


@pytest.mark.parametrize(
    "value",
    [
        True,
        None,
        "",
        "true",
        "None",
        "/run/secrets/db/password",
        "/etc/kubernetes/pki/x.key",
        "$(DB_PASSWORD)",
        "${TOKEN}",
    ],
)
def test_a_switch_a_path_and_a_reference_may_be_read(value) -> None:
    assert shows_no_secret(value)


@pytest.mark.parametrize("value", ["hunter2", 0, 80, 1.5, "/etc", "/8sd/Kj+3hs", "$ecret", "admin"])
def test_all_else_may_not(value) -> None:
    assert not shows_no_secret(value)
