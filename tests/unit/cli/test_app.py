"""What commands ask for, wired when it is first needed."""

from __future__ import annotations

import os

import pytest
from tests.cli.conftest import Site

from podwright.cli.app import App, _run
from podwright.cli.site_options import SiteOptions
from podwright.errors import KubeconfigError, UsageError


def app(site: Site, **options) -> App:
    return App(SiteOptions(inventory=(site.inventory,), templates=site.templates, **options))


def test_the_nodes_that_a_limit_leaves(site: Site) -> None:
    assert [node.name for node in app(site).chosen(())] == ["cp-1", "cp-2"]
    assert [node.name for node in app(site).chosen(("cp-2",))] == ["cp-2"]
    with pytest.raises(UsageError):
        app(site).chosen(("cp-9",))
    with pytest.raises(UsageError, match="the limit is empty"):
        app(site).chosen(("",))


def test_machines_that_cannot_be_connected_to_are_chosen_only_if_they_are_named(site: Site) -> None:
    site.inventory.write_text(
        "all: {hosts: {localhost: {ansible_connection: local}, cp-1: {},"
        " cp-2: {ansible_connection: local, static_pods: [web]}}}\n"
    )
    assert [node.name for node in app(site).chosen(())] == ["cp-1", "cp-2"]
    assert [node.name for node in app(site).chosen(("localhost",))] == ["localhost"]


def test_a_site_without_any_static_pod_is_a_warning(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    app(site).chosen_site(())
    assert capsys.readouterr().err == ""
    site.inventory.write_text("all: {hosts: {cp-1: {}}}\n")
    app(site).chosen_site(())
    assert capsys.readouterr().err.startswith("warning: no chosen node has a static pod")


def test_without_an_api_the_world_says_why(site: Site) -> None:
    with app(site, no_api=True).world() as world:
        assert world.without_api
        assert world.mirrors.unavailable == "--no-api"


def test_a_context_needs_a_kubeconfig(site: Site) -> None:
    with pytest.raises(KubeconfigError) as caught, app(site, context="prod").world():
        pass
    assert caught.value.exit_code == UsageError.exit_code


def test_the_redactor_knows_the_secrets_of_nodes_that_were_not_chosen(site: Site) -> None:
    site.inventory.write_text("all: {hosts: {cp-1: {}, cp-2: {db_password: 7Hq-secret-9}}}\n")
    one = app(site)
    one.chosen(("cp-1",))
    assert one.redactor().text("x 7Hq-secret-9 y") == "x [redacted] y"


def test_a_lock_says_whose_it_is_and_of_which_run() -> None:
    mine, other = _run(), _run()
    assert f"run {mine.id}, pid {os.getpid()}, since " in str(mine)
    assert mine.id != other.id
