"""Templates see a node's facts with `--gather-facts`; what a node says is never an expression."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from tests.fakes.copies import replace
from tests.fakes.machines import facts
from tests.fakes.nouns import pod_text

from podwright.cli import fact_gathering
from podwright.cli.app import App
from podwright.errors import HostUnreachableError
from podwright.plan.fact_values import for_templates
from podwright.plan.facts import OperatingSystem

RENDER = ("manifest", "render")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def note_of(site, text: str) -> None:
    site.template(
        "web", pod_text(metadata=f"  annotations: {{note: {{{{ ({text}) | string | to_json }}}}}}\n")
    )


def test_facts_and_ansibles_names_are_there(one_node) -> None:
    note_of(
        one_node,
        "[facts.kubelet.nodeName, facts.cpus > 0, ansible_facts.system, hostvars['n1'].facts.kubelet.nodeName]",
    )
    shown = one_node.run("--gather-facts", *RENDER)
    assert shown.code == 0, shown.err
    assert "['n1', True, 'Linux', 'n1']" in shown.out


def test_without_the_option_there_are_none(one_node) -> None:
    note_of(one_node, "facts.cpus")
    shown = one_node.run(*RENDER)
    assert (shown.code, "`facts`" in shown.err or "facts" in shown.err) == (1, True)


def test_recent_ones_come_from_the_cache_and_it_is_said(one_node, node, monkeypatch) -> None:
    note_of(one_node, "facts.kubelet.nodeName")
    first = one_node.run("--gather-facts", *RENDER)
    monkeypatch.setattr(
        fact_gathering, "gather_facts", lambda *_given, **_more: pytest.fail("gathered again")
    )
    second = one_node.run("--gather-facts", *RENDER)
    assert (second.code, second.out) == (0, first.out)
    assert "the facts of 1 node are from the cache, up to " in second.err
    assert " s old; `--facts-age 0` gathers them again" in second.err
    assert "from the cache" not in first.err


AGAIN = ("--gather-facts", "--facts-age", "0")


@pytest.mark.parametrize("arguments", [(*AGAIN, *RENDER), (*RENDER, *AGAIN)])
def test_age_0_gathers_them_again(one_node, arguments) -> None:
    note_of(one_node, "facts.kubelet.nodeName")
    one_node.run("--gather-facts", *RENDER)
    shown = one_node.run(*arguments)
    assert (shown.code, "from the cache" in shown.err) == (0, False)


def test_what_a_node_says_is_no_expression(one_node, monkeypatch) -> None:
    """Neither in a template nor by way of a variable of the inventory."""
    said = "{{ lookup('env', 'HOME') }}"
    real = fact_gathering.for_templates
    monkeypatch.setattr(
        fact_gathering, "for_templates", lambda facts: {**real(facts), "facts": {"os": {"name": said}}}
    )
    one_node.inventory.write_text(
        "all: {hosts: {n1: {}}, vars: {static_pods: [web], system: '{{ facts.os.name }}'}}\n"
    )
    note_of(one_node, "[facts.os.name, system]")
    shown = one_node.run("--gather-facts", *RENDER)
    assert shown.code == 0, shown.err
    assert shown.out.count("lookup('env', 'HOME')") == 2


def test_a_system_that_is_hostile_makes_no_line(one_node, monkeypatch) -> None:
    hostile = facts(os=OperatingSystem("x", "1", "a\nspec: {hostPID: true}"))
    monkeypatch.setattr(fact_gathering, "for_templates", lambda _facts: for_templates(hostile))
    one_node.template("web", pod_text(metadata="  annotations: {note: '{{ facts.os.name }}'}\n"))
    shown = one_node.run("--gather-facts", *RENDER)
    assert "hostPID: true" not in [line.strip() for line in shown.out.splitlines()]


def test_a_node_that_cannot_be_reached_is_told_and_has_none(one_node, node, monkeypatch) -> None:
    def connect(_node):
        raise HostUnreachableError("n1: cannot connect to 127.0.0.1:22: refused")

    @contextmanager
    def world(_app):
        yield replace(node.world, connect=connect)

    monkeypatch.setattr(App, "world", world)
    note_of(one_node, "(facts | default({})).cpus | default('none')")
    shown = one_node.run("--gather-facts", *RENDER)
    assert (shown.code, "n1: cannot connect" in shown.err) == (0, True)
    assert "none" in shown.out
