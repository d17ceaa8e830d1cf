"""What a worker is told of how to log in, and what it does with it."""

from __future__ import annotations

import json
from pathlib import Path

from podwright.cli.site_options import SiteOptions
from podwright.cli.worker import Login, do, login_of
from podwright.state.codec import from_document


def test_names_of_files_travel_and_nothing_of_the_inventory_does() -> None:
    options = SiteOptions(
        inventory=(Path("hosts"),),
        known_hosts=(Path("known"),),
        private_key=Path("key"),
        user="core",
        no_api=True,
    )
    assert from_document(Login, json.loads(login_of(options))) == Login(
        no_api=True, user="core", private_key="key", known_hosts=("known",)
    )


def test_a_task_that_is_none_is_answered() -> None:
    assert "error" in json.loads(do("nonsense"))
