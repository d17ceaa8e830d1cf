"""Tokens and rights."""

import pytest

from podwright_lab.api.access import (
    ADMIN,
    ANONYMOUS,
    NOBODY,
    READER,
    Attributes,
    allowed,
    check_access,
    check_path,
    new_tokens,
    rules,
    user_of,
)
from podwright_lab.api.api_error import ApiError

TOKENS = {ADMIN: "one", READER: "two"}


@pytest.mark.parametrize(
    ("header", "user"),
    [
        ("Bearer one", ADMIN),
        ("bearer two", READER),
        ("Bearer  two ", READER),
        (None, ANONYMOUS),
        ("", ANONYMOUS),
    ],
)
def test_a_token_tells_the_user(header, user):
    assert user_of(header, TOKENS) == user


@pytest.mark.parametrize("header", ["Bearer three", "Bearer", "Basic one", "one", "Bearer oné"])
def test_a_token_that_is_not_known_is_unauthorized(header):
    with pytest.raises(ApiError) as caught:
        user_of(header, TOKENS)
    assert caught.value.code == 401


def test_tokens_are_new_each_time_and_differ():
    tokens = [*new_tokens().values(), *new_tokens().values()]
    assert len(set(tokens)) == 6
    assert min(map(len, tokens)) >= 32


@pytest.mark.parametrize(
    ("user", "verb", "resource", "may"),
    [
        (ADMIN, "delete", "pods", True),
        (READER, "watch", "pods", True),
        (READER, "delete", "pods", False),
        (READER, "list", "leases", False),
        (READER, "get", "nodes/proxy", False),
        (NOBODY, "get", "pods", False),
        (NOBODY, "create", "selfsubjectaccessreviews", True),
        (ANONYMOUS, "create", "selfsubjectaccessreviews", False),
    ],
)
def test_who_may_do_what(user, verb, resource, may):
    assert allowed(user, Attributes(verb, resource)) is may


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (
            Attributes("delete", "pods", "", "kube-system", "web-n1"),
            'pods "web-n1" is forbidden: User "reader" cannot delete resource "pods" in API group "" '
            'in the namespace "kube-system"',
        ),
        (
            Attributes("get", "nodes/proxy", "", "", "n1"),
            'nodes "n1" is forbidden: User "reader" cannot get resource "nodes/proxy" in API group "" '
            "at the cluster scope",
        ),
    ],
)
def test_a_refusal_says_who_and_where(wanted, message):
    with pytest.raises(ApiError) as caught:
        check_access(READER, wanted)
    assert (caught.value.code, str(caught.value)) == (403, message)


def test_only_public_paths_are_for_everybody():
    check_path(ANONYMOUS, "get", "/version")
    check_path(NOBODY, "get", "/api")
    with pytest.raises(ApiError, match='User "system:anonymous" cannot get path "/api"'):
        check_path(ANONYMOUS, "get", "/api")


def test_the_rules_of_a_user_agree_with_what_it_may_do():
    for user in (READER, NOBODY):
        granted = {
            (verb, resource)
            for rule in rules(user)["resourceRules"]
            for verb in rule["verbs"]
            for resource in rule["resources"]
        }
        assert granted
        assert all(allowed(user, Attributes(*right)) for right in granted)
