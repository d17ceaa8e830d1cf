"""A secret is used where it is needed and shown nowhere."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import asdict, dataclass

import pytest
import yaml

from podwright.secret import Secret
from podwright.state.codec import to_document

SECRET = Secret("hunter2")


@dataclass(frozen=True, slots=True)
class Login:
    user: str
    password: Secret


def test_whoever_needs_it_can_read_it() -> None:
    assert SECRET.reveal() == "hunter2"
    assert Secret("hunter2") == SECRET


@pytest.mark.parametrize(
    "shown",
    [
        str(SECRET),
        repr(SECRET),
        f"{SECRET}",
        f"{SECRET:>20}",
        f"{SECRET!r}",
        "%s" % SECRET,  # noqa: UP031
        "{0:s}".format(SECRET),  # noqa: UP030, UP032
        repr(Login("ada", SECRET)),
    ],
)
def test_no_format_shows_it(shown) -> None:
    assert "hunter2" not in shown
    assert "[redacted]" in shown


@pytest.mark.parametrize(
    "carry",
    [
        *(
            lambda value, p=protocol: pickle.dumps(value, p)
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
        ),
        copy.copy,
        copy.deepcopy,
        json.dumps,
        to_document,
        yaml.safe_dump,
        yaml.dump,
        lambda value: pickle.dumps([value]),
        lambda value: asdict(Login("ada", value)),
        lambda value: to_document(Login("ada", value)),
        lambda value: value.__getstate__(),
    ],
)
def test_nothing_carries_it_away(carry) -> None:
    with pytest.raises((TypeError, yaml.YAMLError)):
        carry(SECRET)
