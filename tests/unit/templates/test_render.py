"""Templates render per node; mistakes and attacks end as problems with a place, and show no values."""

# ruff: noqa: E501

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podwright.errors import TemplateError, UsageError
from podwright.inventory.load import load_inventory
from podwright.inventory.node import Connection, Inventory, Node, NodeSettings
from podwright.templates.render import Renderer

SECRET = "hunter2-do-not-show"


def site(variables: dict | None = None, **others: dict) -> Inventory:
    named = {
        "cp-1.example": variables or {},
        **{name.replace("_", "-"): value for name, value in others.items()},
    }
    nodes = tuple(Node(name, Connection(name), variables=said, groups=("g",)) for name, said in named.items())
    return Inventory(nodes, {"all": tuple(named), "ungrouped": (), "g": tuple(named)})


def render(tmp_path: Path, text: str, variables: dict | None = None, **others: dict) -> str:
    (tmp_path / "t.yaml.j2").write_text(text)
    inventory = site(variables, **others)
    return Renderer(tmp_path).render("t", inventory.nodes[0], inventory)


def problem(tmp_path: Path, text: str, variables: dict | None = None, **others: dict):
    with pytest.raises(TemplateError) as caught:
        render(tmp_path, text, {"secret": SECRET, **(variables or {})}, **others)
    (found,) = caught.value.problems
    assert SECRET not in f"{found}{found.hint}"
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ inventory_hostname }} {{ inventory_hostname_short }}", "cp-1.example cp-1"),
        ("{{ groups.all | join(',') }} {{ groups['g'] | length }}", "cp-1.example,n2 2"),
        ("{{ group_names | to_json }}", '["g"]'),
        ("{{ hostvars['n2'].colour }} {{ hostvars.n2['colour'] }}", "blue blue"),
        ("{{ hostvars[groups.g[1]].inventory_hostname }}", "n2"),
        ("{{ hostvars['n2'].nested }}", "it is blue on n2"),
        ("{{ hostvars[inventory_hostname].port + 1 }}", "81"),
        ("{% for k, v in hostvars.items() %}{{ k }} {% endfor %}", "cp-1.example n2 "),
        ("{% if 'n9' in hostvars %}a{% else %}b{% endif %}", "b"),
        ("{{ url }}", "http://cp-1.example:80/"),
        ("{{ port_reference + 1 }}", "81"),
        ("{{ deep.list[1] }}{{ deep.port }}", "x8080"),
        ("{{ literal }}", "{{ not a template }}"),
        ("{{ none }}|{{ true }}", "|True"),
        (
            "{{ {'a': hostvars['n2']} | to_json | from_json | length }}{{ (hostvars['n2'] | string)[:1] }}",
            "1{",
        ),
        ("{{ unset | default('d') }} {{ d.none_such | d(1) }} {{ broken | default('b') }}", "d 1 b"),
        ("{{ d.items() | list }}", "[['a', 1]]"),
        ("{{ d.get('x', 'y') }}{{ 'A'.lower() }}{{ 'a-b'.split('-')[1] }}", "yab"),
        ("a\n{% if true %}\n  b\n{% endif %}\nc\n", "a\n  b\nc\n"),
        ("  {% if true %}\nx{% endif %}", "  x"),
        (
            "{% set ns = namespace(n=0) %}{% for i in range(3) %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}",
            "3",
        ),
        ("{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.current }}", "aba"),
        ("{% macro m(x, y=2) %}<{{ x }}{{ y }}>{% endmacro %}{{ m(1) }}", "<12>"),
        (
            "{% for i in [1, 2] %}{{ loop.index }}/{{ loop.length }}{{ ',' if not loop.last }}{% endfor %}",
            "1/2,2/2",
        ),
        ("{% for i in [[1, [2]], 3] recursive %}{{ loop(i) if i is not number else i }}{% endfor %}", "123"),
        ("{{ [{'n': 1}, {'n': 2}] | map(attribute='n') | sum }}", "3"),
        ("{{ 'a' ~ 1 ~ none ~ [2] }}", "a1None[2]"),
        ("{{ '%s:%03d' % ('a', 7) }}", "a:007"),
        (" \n\t {% if false %}x{% endif %}", ""),
        ("", ""),
        (
            "{{ 'a'.zfill(3) }} {{ '{}-{:>3}'.format(1, 'x') }} {{ '%s' | format('x') }} {{ 'a'.center(3) }}|",
            "00a 1-  x x  a |",
        ),
        ("{{ 'ab'.translate({97: 'x'}) }} {{ (1.5).is_integer() }} {{ 'x' | pprint }}", "xb False 'x'"),
        (
            "{{ nowhere.at.all | default('d') }} {{ nowhere.at is defined }} {{ port | default(nowhere.at) }}",
            "d False 80",
        ),
        ("{{ deep.self }}", "x"),
        ("{{ halves.good }} {{ halves.bad | default('b') }} {{ halves | length }}", "1 b 2"),
        ("{{ ',' if false }}x{{ [1, 'a' if false] | join(',') }}", "x1,"),
        ("{{ [none, 'a'] | join(',') }}", "None,a"),
        (
            "{{ chosen | join(',') }} {{ chosen is string }} {{ nothing is none }} {{ spaced is string }}",
            "1,2 False True True",
        ),
        ("{{ 'v1.36.2' is match('v1\\\\.') }} {{ 'abc' is search('c$') }}", "True True"),
    ],
)
def test_a_template_renders(tmp_path, text, expected):
    from podwright.expressions.inventory_text import Literal

    variables = {
        "port": 80, "d": {"a": 1}, "url": "http://{{ inventory_hostname }}:{{ port }}/", "port_reference": "{{ port }}",
        "deep": {"list": [1, "{{ 'x' }}"], "port": "{{ port }}{{ port }}", "self": "{{ deep.list[1] }}"},
        "halves": {"good": 1, "bad": "{{ nowhere }}"}, "spaced": " {{ deep.list }}", "nothing": "{% if false %}x{% endif %}",
        "chosen": "{%- if port == 81 -%}\n{{ [] }}\n{%- else -%}\n{{ [1, 2] }}\n{%- endif %}", "literal": Literal("{{ not a template }}"),
        "broken": "{{ nowhere }}",
    }  # fmt: skip
    others = {"colour": "blue", "nested": "it is {{ colour }} on {{ inventory_hostname }}"}
    assert render(tmp_path, text, variables, n2=others) == expected


def test_the_node_name_is_the_setting_when_there_is_one(tmp_path):
    (tmp_path / "t.yaml.j2").write_text("{{ podwright_node_name }}")
    node = Node(
        "n", Connection("n"), settings=NodeSettings(node_name="n.k8s"), variables={"podwright_node_name": "x"}
    )
    assert Renderer(tmp_path).render("t", node, Inventory((node,))) == "n.k8s"


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("\n\n{{ prot }}", 3, "`prot` is undefined", "did you mean `port`?"),
        ("{{ zzzzz }}", 1, "`zzzzz` is undefined", "define it in the inventory"),
        ("a\n{% if x.y.z %}{% endif %}", 2, "`x` is undefined", ""),
        ("{{ d.nope }}", 1, "there is no `nope` in this mapping", "`| default(…)`"),
        ("{{ d[secret] }}", 1, "there is no such key in this mapping", "the key came from a variable"),
        ("{{ lookup('pipe', 'date') }}", 1, "there is no lookup `pipe`", "put its result into the inventory"),
        ("{{ now() }}", 1, "`now` is undefined", "equal input must give equal text"),
        ("{% for i in nope %}{% endfor %}", 1, "`nope` is undefined", ""),
        ("{% for i in [1] %}{{ [loop] }}{% endfor %}", 1, "only values can be written", ""),
        ("{{ [range] | to_json }}", 1, "only values can be written", ""),
        ("{{ {'a': {}.items} | string }}", 1, "only values can be written", ""),
        ("{{ [nope] }}", 1, "`nope` is undefined", ""),
        ("{{ {'a': nope} | to_json }}", 1, "`nope` is undefined", ""),
        ("{{ nope ~ 'x' }}", 1, "`nope` is undefined", ""),
        ("{{ nope() }}", 1, "`nope` is undefined", ""),
        (
            "{{ nope | mandatory }}",
            1,
            "`nope` is mandatory and undefined",
            "give it a value in the inventory",
        ),
        ("{{ circle_a }}", 1, "the variables circle_a > circle_b > circle_a go round in a circle", ""),
        ("{{ itself.y }}", 1, "the variables itself.y > itself.z > itself.y go round in a circle", ""),
        (
            "{{ bad_syntax }}",
            1,
            "a variable of the inventory holds a template that Jinja cannot read",
            "`!unsafe`",
        ),
        ("{{ uses_lookup }}", 1, "there is no lookup `url`", "put its result into the inventory"),
        ("{{ indirect }}", 1, "`nowhere` is undefined", ""),
        ("{{ hostvars['nope'].x }}", 1, "there is no `nope` in this mapping", ""),
        ("{{ secret + 1 }}", 1, 'this does not work: can only concatenate str (not "int") to str', ""),
        ("{{ 1 / 0 }}", 1, "this cannot be computed (ZeroDivisionError)", ""),
        ("{{ secret.index('x') }}", 1, "this cannot be computed (ValueError)", ""),
        ("{{ secret() }}", 1, "this cannot be called", ""),
        ("{{ secret | from_json }}", 1, "`from_json` was given text that is not JSON", ""),
        ("{{ secret | b64decode }}", 1, "`b64decode` was given text that is not base64 of UTF-8", ""),
        ("{% include 'nope.j2' %}", 1, "no template `nope.j2`", "templates lie below"),
        ("{% include '../outside.j2' %}", 1, "`../outside.j2` is not below the templates folder", ""),
        ("{% include '/etc/passwd' %}", 1, "`/etc/passwd` is not below the templates folder", ""),
        ("{% include 'link.j2' %}", 1, "`link.j2` is not below the templates folder", ""),
        ("{% include 'folder' %}", 1, "the template `folder` cannot be read", ""),
        ("{% macro m() %}{% endmacro %}{{ m }}", 1, "only values can be written", ""),
    ],
)
def test_a_mistake_has_its_place_its_node_and_a_hint(tmp_path, text, line, message, hint):
    folder = tmp_path / "templates"
    (folder / "folder").mkdir(parents=True)
    (tmp_path / "outside.j2").write_text("x")
    (folder / "link.j2").symlink_to(tmp_path / "outside.j2")
    variables = {
        "port": 1, "d": {"a": 1}, "circle_a": "{{ circle_b }}", "circle_b": "x{{ circle_a }}", "indirect": "{{ nowhere }}",
        "itself": {"x": 1, "y": "{{ itself.z }}", "z": "{{ itself.y }}"}, "bad_syntax": "{{ 'hunter2-do-not-show", "uses_lookup": "{{ lookup('url', 'x') }}",
    }  # fmt: skip
    found = problem(folder, text, variables)
    assert (found.message, found.node) == (message, "cp-1.example")
    assert (found.place.file, found.place.line) == (str(folder / "t.yaml.j2"), line)
    assert hint in found.hint


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("a\n{{ x | to_yml }}", 2, "there is no filter `to_yml`", "did you mean `to_yaml`?"),
        (
            "{{ x | ansible.builtin.to_yml }}",
            1,
            "there is no filter `ansible.builtin.to_yml`",
            "did you mean `ansible.builtin.to_yaml`?",
        ),
        ("{{ x is nonsense }}", 1, "there is no test `nonsense`", "docs/templates.md"),
        ("{% if x %}\n", 1, "jinja: Unexpected end of template.", "check the braces"),
        ("{{ x\n", 1, "jinja: unexpected end of template", "check the braces"),
        ("{% set ns.__class__ = 1 %}{{ x", 1, "jinja: unexpected end of template", "check the braces"),
    ],
)
def test_a_syntax_error_has_its_place(tmp_path, text, line, message, hint):
    found = problem(tmp_path, text)
    assert found.message.startswith(message.removesuffix("."))
    assert (found.place.file, found.place.line, found.node) == (str(tmp_path / "t.yaml.j2"), line, None)
    assert hint in found.hint


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__ }}", "{{ ''['__class__'] }}", "{{ [].__class__.__base__.__subclasses__() }}", "{{ d['__class__'] }}",
        "{{ hostvars._fleet }}", "{{ hostvars.__init__.__globals__ }}", "{{ hostvars['cp-1.example']._values }}",
        "{{ self.__init__.__globals__ }}", "{{ self._TemplateReference__context }}", "{{ range.__self__ }}",
        "{{ dict.__mro__ }}", "{{ dict.fromkeys }}", "{{ cycler.__init__.__globals__ }}", "{{ joiner.__init__ }}",
        "{{ namespace.__init__ }}", "{{ namespace(a=1).__class__.__mro__ }}", "{{ lipsum.__globals__ }}", "{{ lipsum() }}",
        "{{ ''|attr('__class__') }}", "{{ [''] | map('attr', '__class__') | list }}", "{{ [''] | map(attribute='__class__') | list }}",
        "{{ [d, d] | sort(attribute='__class__') }}", "{{ [d] | groupby('__class__') }}", "{{ [d] | selectattr('__class__') | list }}",
        "{{ [d] | join(attribute='__class__') }}", "{{ '{0.__class__}'.format('') }}", "{{ '{0.__class__}'.format_map(d) }}",
        "{{ ''.format.__self__ }}", "{{ [1].append(2) }}", "{{ d.update({'x': 1}) }}", "{{ d.pop('a') }}",
        "{{ d.clear() }}", "{{ (1).real.__class__ }}", "{% macro m() %}{% endmacro %}{{ m.__globals__ }}",
        "{% macro m() %}{% endmacro %}{{ m._func }}", "{% for x in [1] %}{{ loop.__class__ }}{% endfor %}",
        "{% for x in [1] %}{{ loop._iterable }}{% endfor %}", "{% import 't2.j2' as m %}{{ m.__class__ }}",
        "{% import 't2.j2' as m %}{{ m._body_stream }}", "{{ missing.__class__ }}", "{{ none.__class__ }}",
        "{{ unset.__init__.__globals__ }}", "{{ caller }}", "{{ context }}", "{{ environment }}",
        "{{ [1,2] | random }}",
        "{{ [1] | map('nope') | list }}", "{% do d %}",
        "{{ ('%(__class__)s' % d) }}", "{{ g.gi_frame }}{% set g = [1] | map('upper') %}{{ g.gi_frame.f_globals }}",
    ],
)  # fmt: skip
def test_a_template_reaches_nothing_of_the_interpreter(tmp_path, text):
    import datetime

    (tmp_path / "t2.j2").write_text("{% set x = 1 %}")
    found = problem(tmp_path, text, {"d": {"a": 1}, "day": datetime.date(2026, 1, 2)})
    assert found.place is not None


DOUBLED = "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}"


@pytest.mark.parametrize(
    "text",
    [
        "{{ range(10**9) | list }}", "{% for i in range(10**9) %}x{% endfor %}",
        "{% for i in range(90000) %}0123456789012345678901234567890123456789{% endfor %}",
        "{{ 'x' * 2000000 }}", DOUBLED + "{{ ns.x }}", DOUBLED + "{{ ns.x | to_yaml }}", DOUBLED + "{{ ns.x | string }}",
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "{% include 't.yaml.j2' %}",
        "{{ 'a' | regex_search('[') }}", "{{ ('[' * 100000) | from_yaml }}", "{{ ('[' * 100000) | from_json }}",
        "{{ {} | to_json(indent=10**9) }}",
        "{{ 'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*e,*e,*e,*e,*e,*e,*e,*e,*e]' | from_yaml }}",
    ],
)  # fmt: skip
def test_what_a_template_writes_is_bounded(tmp_path, text):
    assert problem(tmp_path, text).place is not None


PIECES = st.sampled_from(
    [
        "{{ ", " }}", "{% ", " %}", "{#", "#}", "a", "d", "secret", "nope", "hostvars", "groups", "loop", "range(3)", "1", "'x'", "None",
        " | ", "to_yaml", "join", "map('upper')", "sum", "list", "int", "first", "sort", "from_yaml", "combine(d)", "items2dict",
        "regex_replace('a', 'b')", ".", "[", "]", "(", ")", "{", "}", ",", ":", " + ", " * ", " ** ", " % ", " ~ ", " in ", " is ",
        "defined", "for i in ", "endfor", "if ", "endif", "set x = ", "macro m()", "endmacro", "include 't.yaml.j2'", "__class__", "\n",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=4), st.lists(PIECES, max_size=9))
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_renders_or_is_a_template_error(tmp_path, before, inside):
    text = "".join(before) + "{{ " + "".join(inside) + " }}"
    with contextlib.suppress(TemplateError):
        render(tmp_path, text, {"d": {"a": 1}, "secret": SECRET})


def test_includes_macros_and_blocks_below_the_folder(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/labels.j2").write_text("app: {{ app }} {{ i }}")
    (tmp_path / "macros.j2").write_text("{% macro name(x) %}n-{{ x }}{% endmacro %}{% set fixed = 7 %}")
    (tmp_path / "base.j2").write_text("<{% block a %}base{% endblock %}>")
    text = "{% for i in [1] %}{% include 'parts/labels.j2' %}{% endfor %} {% import 'macros.j2' as m %}{{ m.name(2) }}{{ m.fixed }}"
    assert render(tmp_path, text, {"app": "web{{ 1 + 1 }}"}) == "app: web2 1 n-27"
    assert render(tmp_path, "{% from 'macros.j2' import name %}{{ name(3) }}") == "n-3"
    assert render(tmp_path, "{% extends 'base.j2' %}{% block a %}{{ super() }}!{% endblock %}") == "<base!>"


def test_a_mistake_in_an_include_is_placed_there(tmp_path):
    (tmp_path / "part.j2").write_text("\n{{ nope }}")
    assert str(problem(tmp_path, "{% include 'part.j2' %}")) == (
        f"{tmp_path}/part.j2:2:4 on cp-1.example: `nope` is undefined"
    )


def test_names_are_those_of_the_files_with_the_one_ending(tmp_path):
    for name in (
        "b.yaml.j2",
        "a.yaml.j2",
        "_macros.yaml.j2",
        ".hidden.yaml.j2",
        "c.yml.j2",
        "d.yaml",
        "e.j2",
    ):
        (tmp_path / name).write_text("")
    assert Renderer(tmp_path).names() == ("a", "b")
    inventory = site()
    with pytest.raises(TemplateError) as caught:
        Renderer(tmp_path).render("c", inventory.nodes[0], inventory)
    assert caught.value.problems[0].hint == "`c.yml.j2` is there: rename it, the ending is `.yaml.j2`"


def test_a_missing_folder_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError):
        Renderer(tmp_path / "nowhere").names()


def test_a_missing_template_gets_a_hint(tmp_path):
    (tmp_path / "haproxy.yaml.j2").write_text("")
    inventory = site()
    with pytest.raises(TemplateError) as caught:
        Renderer(tmp_path).render("haprxoy", inventory.nodes[0], inventory)
    assert caught.value.problems[0].hint == "did you mean `haproxy.yaml.j2`?"


@pytest.mark.parametrize("content", [b"a: caf\xe9\n", b"x" * ((1 << 20) + 1)])
def test_a_template_that_cannot_be_read_is_named(tmp_path, content):
    (tmp_path / "t.yaml.j2").write_bytes(content)
    inventory = site()
    with pytest.raises(TemplateError) as caught:
        Renderer(tmp_path).render("t", inventory.nodes[0], inventory)
    assert str(caught.value.problems[0].place).startswith(f"{tmp_path}/t.yaml.j2")


def test_values_of_one_node_never_reach_another(tmp_path):
    (tmp_path / "t.yaml.j2").write_text("{{ a }}")
    shared = {"a": "on {{ inventory_hostname }}", "b": ["{{ inventory_hostname }}"]}
    nodes = tuple(Node(f"n{n}", Connection(f"n{n}"), variables=shared) for n in range(3))
    inventory, renderer = Inventory(nodes), Renderer(tmp_path)
    assert [renderer.render("t", node, inventory) for node in nodes] == ["on n0", "on n1", "on n2"]
    assert shared["a"] == "on {{ inventory_hostname }}"


def test_a_renderer_may_be_used_by_threads(tmp_path):
    (tmp_path / "t.yaml.j2").write_text("{% for i in range(50) %}{{ a }}{% endfor %}")
    variables = {"a": "{{ b }}", "b": "{{ inventory_hostname }},"}
    nodes = tuple(Node(f"n{n}", Connection(f"n{n}"), variables=variables) for n in range(40))
    inventory, renderer, found = Inventory(nodes), Renderer(tmp_path), {}

    def work(share: tuple[Node, ...]) -> None:
        found.update({node.name: renderer.render("t", node, inventory) for node in share})

    threads = [threading.Thread(target=work, args=(nodes[start::4],)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {node.name: f"{node.name}," * 50 for node in nodes}


def test_the_example_site_renders_on_every_node():
    root = Path(__file__).parents[3]
    inventory, renderer = load_inventory(root / "inventory"), Renderer(root / "templates/manifests")
    assert renderer.names() == ("haproxy", "node-agent")
    for node in inventory.nodes:
        for pod in node.static_pods:
            assert "kind: Pod" in renderer.render(pod.template, node, inventory)
