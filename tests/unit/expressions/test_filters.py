"""Each filter gives what Ansible or Jinja gives, through a real template."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.errors import TemplateError
from podwright.expressions.encoding_filters import (
    from_json,
    from_yaml,
    to_json,
    to_nice_json,
    to_nice_yaml,
    to_yaml,
)
from podwright.expressions.filters import SHORT_FILTERS
from podwright.inventory.node import Connection, Inventory, Node
from podwright.templates.render import Renderer

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)

EXAMPLES = [
    ("{{ -3 | abs }}", "3"),
    ("{{ 'a b' | attr('upper') is callable }}", "True"),
    ("{{ 'Zm9v' | b64decode }}", "foo"),
    ("{{ 'fooé' | b64encode }}", "Zm9vw6k="),
    ("{{ '/etc/x.conf' | basename }}", "x.conf"),
    (
        "{{ 'Yes' | bool }} {{ 'off' | bool }} {{ 1 | bool }} {{ none | bool }}",
        "True False True False",
    ),
    ("{{ 'abc' | capitalize }}", "Abc"),
    ("{{ {'a': 1, 'b': {'x': 1}} | combine({'b': {'y': 2}}) }}", "{'a': 1, 'b': {'y': 2}}"),
    ("{{ {'b': {'x': 1}} | combine({'b': {'y': 2}}, recursive=true) }}", "{'b': {'x': 1, 'y': 2}}"),
    ("{{ [1, 2, 3] | batch(2) | list }}", "[[1, 2], [3]]"),
    ("{{ 'a' | center(3) }}|", " a |"),
    ("{{ [1, 2] | count }}", "2"),
    ("{{ nope | d('x') }}", "x"),
    ("{{ '' | default('x', true) }}", "x"),
    ("{{ {'a': 1} | dict2items }}", "[{'key': 'a', 'value': 1}]"),
    ("{{ {'b': 1, 'a': 2} | dictsort }}", "[['a', 2], ['b', 1]]"),
    ("{{ [1, 2, 3] | difference([2]) }}", "[1, 3]"),
    ("{{ '/etc/x.conf' | dirname }}", "/etc"),
    ("{{ '<a>' | e }} {{ '<b>' | escape }} {{ '<c>' | forceescape }}", "&lt;a&gt; &lt;b&gt; &lt;c&gt;"),
    ("{{ 2000 | filesizeformat }}", "2.0 kB"),
    ("{{ [1, 2] | first }}", "1"),
    ("{{ '1.5' | float }}", "1.5"),
    ("{{ '%s-%d' | format('a', 2) }}", "a-2"),
    ("{{ ('{\"a\": [1]}' | from_json).a }}", "[1]"),
    ("{{ ('a: [1]' | from_yaml).a }}", "[1]"),
    ("{% for k, v in [{'x': 1}, {'x': 1}] | groupby('x') %}{{ k }}{{ v | length }}{% endfor %}", "12"),
    ("{{ 'a' | hash('sha256') }}", "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"),
    ("{{ 'a' | hash }}", "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"),
    ("{{ 'a\nb\n\nc' | indent(2) }}", "a\n  b\n\n  c"),
    ("{{ 'a\nb' | indent(2, first=true) }}", "  a\n  b"),
    ("{{ '7' | int }}", "7"),
    ("{{ [1, 2, 3] | intersect([3, 1]) }}", "[1, 3]"),
    ("{{ {'a': 1} | items | list }}", "[['a', 1]]"),
    ("{{ [{'key': 'a', 'value': 1}] | items2dict }}", "{'a': 1}"),
    ("{{ [1, 'b'] | join('-') }} {{ [{'n': 'x'}] | join(',', attribute='n') }}", "1-b x"),
    ("{{ [1, 2] | last }}", "2"),
    ("{{ 'abc' | length }}", "3"),
    ("{{ 'abc' | list }}", "['a', 'b', 'c']"),
    ("{{ 'ABC' | lower }}", "abc"),
    ("{{ 'x' | mandatory }}", "x"),
    ("{{ [1, 2] | map('string') | list }}", "['1', '2']"),
    ("{{ [1, 3, 2] | max }}", "3"),
    ("{{ [1, 3, 2] | min }}", "1"),
    ("{{ 'x' | pprint }}", "'x'"),
    ('{{ "it\'s" | quote }}', "'it'\"'\"'s'"),
    ("{{ 'v1.36.2' | regex_replace('^v([0-9]+)\\\\..*', 'major \\\\1') }}", "major 1"),
    ("{{ 'aAa' | regex_replace('A', 'x', ignorecase=true, count=2) }}", "xxa"),
    ("{{ 'v1.36' | regex_search('[0-9]+') }}", "1"),
    ("{{ 'v1.36' | regex_search('v(?P<a>[0-9]+)[.]([0-9]+)', '\\\\g<a>', '\\\\2') }}", "['1', '36']"),
    ("{{ 'x' | regex_search('y') is none }}", "True"),
    ("{{ [1, 2] | reject('odd') | list }}", "[2]"),
    ("{{ [{'a': 1}, {'a': 0}] | rejectattr('a') | list }}", "[{'a': 0}]"),
    ("{{ 'aab' | replace('a', 'x') }}", "xxb"),
    ("{{ [1, 2] | reverse | list }}", "[2, 1]"),
    ("{{ 1.6 | round }}", "2.0"),
    ("{{ '<a>' | safe }}", "<a>"),
    ("{{ [1, 2] | select('odd') | list }}", "[1]"),
    ("{{ [{'a': 1}, {'a': 2}] | selectattr('a', 'equalto', 2) | list }}", "[{'a': 2}]"),
    ("{{ [1, 2, 3] | slice(2) | list }}", "[[1, 2], [3]]"),
    ("{{ [2, 1] | sort }}", "[1, 2]"),
    ("{{ 'a,b' | split(',') }}", "['a', 'b']"),
    ("{{ 5 | string }}", "5"),
    ("{{ '<b>a</b>' | striptags }}", "a"),
    ("{{ [1, 2] | sum }} {{ [{'n': 1}, {'n': 2}] | sum('n') }}", "3 3"),
    (
        "{{ true | ternary('a', 'b') }}{{ false | ternary('a', 'b') }}{{ none | ternary('a', 'b', 'c') }}",
        "abc",
    ),
    ("{{ 'a b' | title }}", "A B"),
    ("{{ {'b': [1, none, true], 'a': 'é'} | to_json }}", '{"b": [1, null, true], "a": "\\u00e9"}'),
    ("{{ {'b': 1, 'a': 2} | to_nice_json }}", '{\n    "a": 2,\n    "b": 1\n}'),
    ("{{ {'b': [1], 'a': 'yes'} | to_nice_yaml(indent=2) }}", "a: 'yes'\nb:\n- 1\n"),
    ("{{ {'b': [1], 'a': 'é'} | to_yaml }}", "a: é\nb: [1]\n"),
    ("{{ {'a': 1} | tojson }}", '{"a": 1}'),
    ("{{ ' a ' | trim }}", "a"),
    ("{{ 'abcdef' | truncate(4, true, '', 0) }}", "abcd"),
    ("{{ [1, 2] | union([2, 3]) }}", "[1, 2, 3]"),
    ("{{ [1, 1, true, {'a': 1}, {'a': 1}] | unique }}", "[1, {'a': 1}]"),
    ("{{ 'abc' | upper }}", "ABC"),
    ("{{ 'a b/c' | urlencode }}", "a%20b/c"),
    ("{{ 'http://a.org' | urlize }}", '<a href="http://a.org" rel="noopener">http://a.org</a>'),
    ("{{ 'a b' | wordcount }}", "2"),
    ("{{ 'a b' | wordwrap(1) }}", "a\nb"),
    ("{{ {'a': 1} | xmlattr }}", ' a="1"'),
    (
        "{{ 'a' | checksum }} {{ 'a' | md5 }}",
        "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8 0cc175b9c0f1b6a831c399e269772661",
    ),
    ("{{ 'a' | sha1 }}", "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"),
    ("{{ [1, 2, 3] | combinations(2) | list }}", "[[1, 2], [1, 3], [2, 3]]"),
    ("{{ 'a' | comment }}", "#\n# a\n#"),
    ("{{ ['/a/b', '/a/c'] | commonpath }}", "/a"),
    ("{{ ['a'] | map('extract', {'a': 1}) }}{{ 'a' | extract({'a': 1}) }}", "[1]1"),
    ("{{ [1, [2, [3]]] | flatten }}", "[1, 2, 3]"),
    ("{{ 'a: 1\n---\nb: 2' | from_yaml_all }}", "[{'a': 1}, {'b': 2}]"),
    ("{{ 1536 | human_readable }} {{ '2K' | human_to_bytes }}", "1.50 KB 2048"),
    ("{{ 8 | log(2) }} {{ 2 | pow(3) }} {{ 9 | root }}", "3.0 8.0 3.0"),
    ("{{ '/a/../b' | normpath }} {{ '/a/b' | relpath('/a') }} {{ ['a', 'b'] | path_join }}", "/b b a/b"),
    ("{{ [1, 2] | permutations }}", "[[1, 2], [2, 1]]"),
    ("{{ [1, 2] | product(['a']) }}", "[[1, 'a'], [2, 'a']]"),
    (
        "{{ 100 | random(seed='x') }} {{ ['b', 'a', 'c', 'a'] | shuffle(seed='a') }}",
        "80 ['a', 'b', 'a', 'c']",
    ),
    ("{{ 'a.b' | regex_escape }} {{ 'a1b2' | regex_findall('[0-9]') }}", "a\\.b ['1', '2']"),
    ("{{ [{'n': 'x'}] | rekey_on_member('n') }}", "{'x': {'n': 'x'}}"),
    ("{{ 'x.tar.gz' | splitext }}", "['x.tar', '.gz']"),
    ("{{ '%Y' | strftime(0, true) }} {{ ('2024-01-02' | to_datetime('%Y-%m-%d')).year }}", "1970 2024"),
    ("{{ [{'k': [1]}] | subelements('k') }}", "[[{'k': [1]}, 1]]"),
    ("{{ [1, 2] | symmetric_difference([2, 3]) }}", "[1, 3]"),
    ("{{ 'foo' | to_uuid }}", "f54e0251-da46-5177-a22b-2f98d0a8962c"),
    ("{{ {} | type_debug }}", "dict"),
    ("{{ 'a%20b' | urldecode }} {{ 'http://h/p' | urlsplit('path') }}", "a b /p"),
    ("{{ 'v1.2' | version_compare('v1.10', '<') }}", "True"),
    (
        "{{ 'C:\\\\a' | win_basename }} {{ 'C:\\\\a' | win_dirname }} {{ 'C:' | win_splitdrive }}",
        "a C:\\ ['C:', '']",
    ),
    ("{{ [1] | zip([2]) }} {{ [1, 2] | zip_longest([3]) }}", "[[1, 2]] [[1, 3], [2, None]]"),
    ("{{ '10.0.0.1/24' | ipaddr('network') }} {{ '10.0.0.1' | ipmath(1) }}", "10.0.0.0 10.0.0.2"),
    ("{{ '10.0.0.0/8' | ipsubnet(16, 1) }} {{ '10.0.0.0/8' | nthhost(1) }}", "10.1.0.0/16 10.0.0.1"),
    (
        "{{ ['::1', '1.1.1.1'] | ipv4 }} {{ ['::1'] | ipv6 }} {{ '::1' | ipwrap }}",
        "['1.1.1.1'] ['::1'] [::1]",
    ),
    ("{{ '10.0.0.0/8' | network_in_network('10.0.0.1') }}", "True"),
    ("{{ ['10.0.0.1', '11.0.0.1'] | reduce_on_network('10.0.0.0/8') }}", "['10.0.0.1']"),
]


def render(folder, text: str) -> str:
    (folder / "t.yaml.j2").write_text(text)
    node = Node("n", Connection("n"))
    return Renderer(folder).render("t", node, Inventory((node,)))


@pytest.mark.parametrize(("text", "expected"), EXAMPLES)
def test_a_filter_gives(tmp_path, text, expected):
    assert render(tmp_path, text) == expected


def test_every_filter_has_an_example():
    shown = " ".join(text for text, _ in EXAMPLES)
    assert [name for name in SHORT_FILTERS if f"| {name}" not in shown] == []


@given(VALUES)
@settings(max_examples=60)
def test_what_is_written_as_yaml_or_json_is_read_back(value):
    assert from_json(to_json(value)) == from_json(to_nice_json(value)) == value
    assert yaml.safe_load(to_yaml(value)) == from_yaml(to_nice_yaml(value)) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [("{{ [1, 2] | random }}", "`random` without a seed"), ("{{ now() }}", "`now` is undefined")],
)
def test_what_differs_from_run_to_run_is_an_error(tmp_path, text, message):
    with pytest.raises(TemplateError, match=message):
        render(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'a' | ansible.builtin.upper }}",
        "{{ 'A' if 'a' is ansible.builtin.match('a') }}",
        "{{ ['A', 'A'] | ansible.builtin.unique | ansible.builtin.join }}",
        "{{ lookup('ansible.builtin.items', 'A') }}",
    ],
)
def test_everything_has_its_full_name_too(tmp_path, text):
    assert render(tmp_path, text) == "A"


def test_addresses_have_the_names_of_their_collection(tmp_path):
    text = "{{ '::1' | ansible.utils.ipwrap }}{{ '::1' | ansible.netcommon.ipwrap }}"
    assert render(tmp_path, text) == "[::1][::1]"
