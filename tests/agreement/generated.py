"""Inventories that hypothesis makes: groups without circles, variables everywhere, in one form or another."""

# ruff: noqa: E501

from __future__ import annotations

import json
from dataclasses import dataclass

import yaml
from hypothesis import strategies as st
from tests.agreement.inventories import SCRIPT, Case

GROUPS = ["g1", "B", "a_b", "z", "_u", "k8s-cluster"]
HOSTS = ["h1", "h2", "n-3.example.org", "10.0.0.4"]
NAMES = st.sampled_from(["v1", "v2", "ansible_user", "x_y", "ansible_group_priority_not"])
LITERALS = st.sampled_from(
    [
        "1", "0o17", "017", "1e3", "True", "true", "yes", "None", "'1'", '"x"', "[1, 2]", "{'a': 1}", "(1,)", "a b", "a#b", "a ; b",
        "-o A=b", "x=y", "{{ v1 }}", "1.30", "", "it's", "[a]", "10.0.0.1", "::1", "/etc/x", "b'y'", "1_0", "é", "\\n", "$x", "!x", "- 1",
    ]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from([0.5, 1e20, "x", "yes", "1", "012", "{{ v1 }}", "a: b", "", "é"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


@dataclass(frozen=True)
class Site:
    """Groups in an order in which a child comes after its parents."""

    children: dict[str, list[str]]
    hosts: dict[str, dict[str, dict[str, object]]]
    variables: dict[str, dict[str, object]]


@st.composite
def sites(draw: st.DrawFn, values: st.SearchStrategy[object]) -> Site:
    names = draw(st.permutations(GROUPS))[: draw(st.integers(1, len(GROUPS)))]
    some = st.dictionaries(NAMES, values, max_size=2)
    children = {
        name: draw(st.lists(st.sampled_from(names[at + 1 :]), max_size=2, unique=True))
        if names[at + 1 :]
        else []
        for at, name in enumerate(names)
    }
    hosts = {name: draw(st.dictionaries(st.sampled_from(HOSTS), some, max_size=3)) for name in names}
    hosts[names[0]].setdefault("h1", {})
    variables = {name: draw(some) for name in ["all", *names]}
    for name in names:
        if draw(st.booleans()):
            variables[name]["ansible_group_priority"] = draw(st.integers(0, 3))
    return Site(children, hosts, variables)


@st.composite
def files(draw: st.DrawFn) -> dict[str, str]:
    """Some of `group_vars/` and `host_vars/`."""
    found = {}
    for folder, names in (("group_vars", ["all", *GROUPS]), ("host_vars", HOSTS)):
        for name in draw(st.lists(st.sampled_from(names), max_size=2, unique=True)):
            ending = draw(st.sampled_from(["", ".yml", ".json", "/a.yaml"]))
            said = draw(st.dictionaries(NAMES, VALUES, min_size=1, max_size=2))
            found[f"{folder}/{name}{ending}"] = (
                json.dumps(said) if ending == ".json" else yaml.safe_dump(said)
            )
    return found


def inventories(form: str) -> st.SearchStrategy[Case]:
    write = {"ini": _ini, "yaml": _yaml, "json": _json, "script": _script}[form]
    site = sites(LITERALS if form == "ini" else VALUES)
    return st.builds(lambda one, more: Case({**write(one), **more}, tuple(write(one))), site, files())


def _ini(site: Site) -> dict[str, str]:
    lines = []
    for group, hosts in site.hosts.items():
        lines.append(f"[{group}]")
        for host, variables in hosts.items():
            quoted = (f"{name}={_quoted(str(value))}" for name, value in variables.items())
            lines.append(" ".join([host, *quoted]))
    for group, children in site.children.items():
        lines += [f"[{group}:children]", *children]
    for group, variables in site.variables.items():
        lines += [f"[{group}:vars]", *(f"{name}={value}" for name, value in variables.items())]
    return {"hosts": "\n".join(lines) + "\n"}


def _quoted(text: str) -> str:
    return (
        text
        if text and not set(text) & set(" '\"#;\\")
        else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    )


def _shape(site: Site) -> dict[str, object]:
    groups: dict[str, object] = {
        name: {
            "hosts": site.hosts[name],
            "vars": site.variables[name],
            "children": dict.fromkeys(site.children[name]),
        }
        for name in site.hosts
    }
    return {**groups, "all": {"vars": site.variables["all"]}}


def _yaml(site: Site) -> dict[str, str]:
    return {"hosts.yaml": yaml.safe_dump(_shape(site), sort_keys=False, allow_unicode=True)}


def _json(site: Site) -> dict[str, str]:
    return {"hosts.json": json.dumps(_shape(site))}


def _script(site: Site) -> dict[str, str]:
    host_variables: dict[str, dict[str, object]] = {}
    for hosts in site.hosts.values():
        for host, variables in hosts.items():
            host_variables.setdefault(host, {}).update(variables)
    groups = {
        name: {"hosts": [*site.hosts[name]], "vars": site.variables[name], "children": site.children[name]}
        for name in site.hosts
    }
    listed = {"_meta": {"hostvars": host_variables}, **groups, "all": {"vars": site.variables["all"]}}
    return {"hosts.sh": SCRIPT.format(list=json.dumps(listed), host="{}")}
