"""Nothing that a node, an API, an inventory or a template says reaches the terminal raw, in any output of any command."""

from __future__ import annotations

import json
from contextlib import contextmanager
from xml.etree import ElementTree

import pytest
from tests.cli.conftest import Site
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, pod_text

# the node with a real shell that operations are tested on
from tests.unit.operations.conftest import site as node  # noqa: F401

from podwright.cli.app import App

#: a title, a colour, the 8-bit form, a bell, a line that a build server would obey, the way back, right to left
PLANTED = "\x1b]0;owned\x07\x1b[31m\x9b2J\r\u202e"
RAW = ("\x1b", "\x9b", "\x07", "\r", "\u202e", "\x00")
OUTPUTS = ("table", "json", "yaml", "jsonl", "name")


@pytest.fixture
def site(site, node, monkeypatch) -> Site:  # noqa: F811
    """A site of one node, n1, which is the stand-in; node and API plant what they can."""
    site.inventory.write_text("all: {hosts: {n1: {ansible_host: 127.0.0.1}}, vars: {static_pods: [web]}}\n")
    node.place(manifest())
    (node.folder / f"evil{PLANTED}.yaml").write_text(f"# {PLANTED}\n{pod_text('evil')}")
    (node.folder / "torn.yaml").write_text(f'a: "{PLANTED}\n')
    labels = f'  annotations: {{x: "{PLANTED.encode("unicode_escape").decode()}"}}\n'
    (node.folder / "quoted.yaml").write_text(pod_text("quoted", metadata=labels))
    state = node.folder.parent / ".podwright" / node.folder.name
    history = state / "history" / f"evil{PLANTED}.yaml"
    history.mkdir(parents=True)
    (history / "000000000001.5.r1").write_text(f'{{"who": {json.dumps(PLANTED)}}}\na: 1\n')
    (state / "lock").write_text(f"id{PLANTED} 99999999 boot 1 ada{PLANTED}\n")
    node.mirrors.silent = f"no API {PLANTED}"
    node.mirrors.events = (f"FailedMount {PLANTED}",)
    node.mirrors.remedy = f"mend {PLANTED}"

    @contextmanager
    def world(_app):
        yield replace(node.world, without_api=False)

    monkeypatch.setattr(App, "world", world)
    return site


def clean(answer) -> None:
    for name, text in (("stdout", answer.out), ("stderr", answer.err)):
        assert not [raw for raw in RAW if raw in text], f"{name}: {text!r}"


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize(
    "command",
    [
        ("manifest", "status"),
        ("drift", "check"),
        ("drift", "check", "--wait-for", "ready"),
        ("manifest", "push", "--dry-run", "--diff"),
        ("manifest", "push", "-y", "--timeout", "1"),
        ("manifest", "remove", "--dry-run", "--diff", "--adopt", "quoted", "torn"),
        ("manifest", "history"),
        ("node", "lock", "list"),
    ],
)
def test_what_a_node_and_an_api_plant(site: Site, command: tuple[str, ...], output: str) -> None:
    clean(site.run(*command, "-o", output))


def test_what_a_node_plants_is_in_the_answer_as_an_escape(site: Site) -> None:
    for output in ("table", "name"):
        assert (
            r"evil\x1b]0;owned\x07\x1b[31m\x9b2J\r\u202e.yaml"
            in site.run("manifest", "status", "-o", output).out
        )


def test_what_a_node_plants_in_its_history_and_its_lock_is_shown_as_an_escape(site: Site) -> None:
    for command in (("manifest", "history"), ("node", "lock", "list")):
        for output in ("table", "name"):
            assert r"\x1b]0;owned\x07" in site.run(*command, "-o", output).out


def test_what_a_node_plants_in_a_diff(site: Site) -> None:
    site.template("quoted", pod_text("quoted"))
    site.inventory.write_text("all: {hosts: {n1: {}}, vars: {static_pods: [web, quoted]}}\n")
    answer = site.run("manifest", "diff", "--adopt")
    clean(answer)
    assert "+++ b/quoted.yaml" in answer.out


TEMPLATES = {
    "a comment": f"# {PLANTED}\n{pod_text()}",
    "a value": pod_text(image="{{ planted }}"),
    "a field": pod_text(extra="  {{ planted | tojson }}: 1\n"),
    "a name": pod_text("{{ planted | tojson }}"),
    "an error": "{% raise {{ planted }} %}",
    "a failure": pod_text(image="{{ planted | no_such_filter }}"),
    "an undefined name": pod_text(image="{{ nothing['" + PLANTED + "'] }}"),
    "a warning": pod_text(image="example.com/{{ planted | tojson }}:latest"),
    "not YAML": "a: [" + PLANTED,
}


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
@pytest.mark.parametrize(
    "command",
    [
        ("manifest", "render"),
        ("manifest", "push", "--dry-run", "--diff"),
        ("manifest", "diff"),
        *(("manifest", "validate", "-o", output) for output in ("table", "json", "sarif", "junit", "github")),
    ],
)
def test_what_a_template_and_an_inventory_plant(site: Site, command: tuple[str, ...], template: str) -> None:
    quoted = PLANTED.encode("unicode_escape").decode()
    site.inventory.write_text(
        f'all: {{hosts: {{n1: {{planted: "{quoted}"}}}}, vars: {{static_pods: [web]}}}}\n'
    )
    site.template("web", template)
    answer = site.run(*command)
    if command == ("manifest", "render"):
        # what is legal in YAML is the manifest's own
        answer = replace(answer, out=answer.out.replace("\u202e", "").replace("\r", ""))
    clean(answer)
    if command[-1] == "junit":
        ElementTree.fromstring(answer.out)


@pytest.mark.parametrize(
    "inventory",
    [
        f'all: {{hosts: {{"n{PLANTED!a}": {{}}}}}}\n',
        f'all: {{hosts: {{n1: {{"podwright_{PLANTED!a}": 1}}}}}}\n',
        f'all: {{hosts: {{n1: {{static_pods: ["{PLANTED!a}"]}}}}}}\n',
        f"all: [{PLANTED}\n",
    ],
)
def test_what_an_inventory_plants_in_its_own_errors(site: Site, inventory: str) -> None:
    site.inventory.write_text(inventory.replace("'", ""))
    for command in (("manifest", "validate"), ("manifest", "status"), ("drift", "check")):
        answer = site.run(*command)
        assert answer.code != 0
        clean(answer)


def test_what_an_inventory_plants_in_a_connection(site: Site) -> None:
    text = f'all: {{hosts: {{n1: {{ansible_port: "{PLANTED!a}"}}}}}}\n'.replace("'", "")
    site.inventory.write_text(text)
    for command, fails in ((("manifest", "validate"), False), (("drift", "check"), True)):
        answer = site.run(*command)
        assert "ansible_port" in answer.err
        assert (answer.code != 0) == fails
        clean(answer)


@pytest.mark.parametrize(
    "arguments",
    [
        ("manifest", "push", "-y", "-l", PLANTED),
        ("manifest", "push", "-y", "--only", PLANTED),
        ("manifest", "remove", "-y", PLANTED),
        ("-i", PLANTED, "manifest", "status"),
        ("manifest", PLANTED),
        ("manifest", "push", f"--{PLANTED}"),
        ("manifest", "push", "--wait-for", PLANTED),
        ("manifest", "validate", "--file", PLANTED),
    ],
)
def test_what_a_script_hands_on(site: Site, arguments: tuple[str, ...]) -> None:
    answer = site.run(*arguments)
    assert answer.code == 2
    clean(answer)
