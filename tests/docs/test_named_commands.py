"""Every command, option and variable that a message, a hint or a page names is there to be used."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click

from podwright.cli.drift_notify import HEADER
from podwright.cli.main import cli
from podwright.inventory import variables
from podwright.inventory.pod_settings import SETTINGS
from podwright.operations.report import Report
from podwright.reports.prometheus import drift_metrics

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
MODULES = sorted((ROOT / "src").rglob("*.py"))

#: options of other programs that our messages and pages name, by whose they are
FOREIGN = {
    "ansible-inventory": {"--list", "--yaml", "--host"},
    "crictl": {"--debug", "--name"},
    "kube-apiserver and etcd": {
        "--max-request-bytes",
        "--secure-port",
        "--tls-cert-file",
        "--listen-client-urls",
        "--cert-file",
    },
    "kubectl": {"--all-namespaces", "--as", "--clusterrole", "--previous", "--value"},
    "kubelet": {
        "--pod-manifest-path",
        "--hostname-override",
        "--config",
        "--config-dir",
        "--bootstrap-kubeconfig",
        "--manifest-url-header",
        "--node-ip",
        "--provider-id",
    },
    "iptables": {
        "--comment",
        "--ctstate",
        "--dport",
        "--dports",
        "--dst-type",
        "--limit",
        "--limit-burst",
        "--pkt-type",
        "--state",
        "--tcp-flags",
    },
    "dask": {"--resources"},
    "sops": {"--decrypt", "--input-type", "--output-type"},
    "pip": {"--no-deps"},
    "programs in pods": {"--peers", "--password", "--token", "--api-key"},
    "scripts/bench": {
        "--all",
        "--case",
        "--dry",
        "--json",
        "--latency",
        "--report",
        "--rounds",
        "--simulate",
    },
}
#: what looks like a variable of an inventory or of the environment and is none of a user's
NO_VARIABLES = {
    "PODWRIGHT_LAB_PROCESS_OF",  # marks the lab's own programs
    "PODWRIGHT_NAME",  # stands for all of them
    "PODWRIGHT_TEST_SITE",  # of the acceptance tests
    "podwright_lab",
    "podwright_value_of_the_expression",  # inside a compiled expression
}
_COMMAND = re.compile(r"(?:^|[$;&|:] )podwright((?: +[^\s`|;&()\\]+)+)")
_QUOTED = re.compile(r"`([^`]*)`")
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*[a-z]")


def tree(
    command: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from tree(below, (*path, name))


COMMANDS = dict(tree(cli))


def options_of(command: click.Command) -> set[str]:
    return {
        name
        for entry in command.get_params(click.Context(command))
        for name in (*entry.opts, *entry.secondary_opts)
    }


OPTIONS = {name for command in COMMANDS.values() for name in options_of(command)}
ENVIRONMENT = {
    name
    for command in COMMANDS.values()
    for entry in command.params
    for name in ([entry.envvar] if isinstance(entry.envvar, str) else entry.envvar or [])
} | {HEADER}


def texts(path: Path) -> Iterator[tuple[str, str]]:
    """Each text of a page, or string of a module that is not a pattern, with its place."""
    source = path.read_text("utf-8")
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "(?" not in node.value:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value
    else:
        for number, line in enumerate(source.splitlines(), 1):
            yield f"{path.relative_to(ROOT)}:{number}", line


def quoted(path: Path) -> Iterator[tuple[str, str]]:
    """What stands in backticks, and the lines of a page's code."""
    fenced = False
    for place, text in texts(path):
        if path.suffix == ".md" and text.lstrip().startswith("```"):
            fenced = not fenced
        elif fenced:
            yield place, text.removeprefix("$ ").partition("#")[0]
        else:
            yield from ((place, found) for found in re.findall(r"`([^`]+)`", text))


def without_other_programs(text: str) -> str:
    """What is quoted and begins with neither our name nor an option is another program's command."""
    return _QUOTED.sub(lambda found: found[0] if found[1].startswith(("podwright ", "-")) else "", text)


def wrong_command(words: list[str]) -> str:
    """What of `podwright WORDS...` there is not."""
    path: tuple[str, ...] = ()
    for at, word in enumerate(words):
        command = COMMANDS[path]
        if word.startswith("-"):
            name = word.partition("=")[0]
            if name.startswith("--") and name.rstrip(".,:") not in options_of(command) | options_of(cli):
                return f"{' '.join(('podwright', *path))} has no option {name}"
        elif isinstance(command, click.Group):
            if path_argument(words, at):
                continue
            if (*path, word) in COMMANDS:
                path = (*path, word)
            elif re.fullmatch(r"[a-z][a-z-]*", word):
                return f"{' '.join(('podwright', *path))} has no command {word}"
    return ""


def path_argument(words: list[str], at: int) -> bool:
    """Whether a word is the value of an option that stands before it."""
    return at > 0 and words[at - 1].startswith("-")


def test_a_command_that_is_named_is_there() -> None:
    wrong = [
        f"{place}: {problem}"
        for path in (*PAGES, *MODULES)
        for place, text in quoted(path)
        for words in _COMMAND.findall(text)
        if (problem := wrong_command(words.split()))
    ]
    assert wrong == []


def test_an_option_that_is_named_is_there() -> None:
    known = OPTIONS.union(*FOREIGN.values())
    # the lab's strings are command lines of other programs, too
    wrong = [
        f"{place}: {name}"
        for path in (*PAGES, *MODULES)
        if not path.is_relative_to(ROOT / "src" / "podwright_lab")
        for place, text in texts(path)
        for name in _OPTION.findall(without_other_programs(text))
        if name not in known
    ]
    assert wrong == []


def test_a_variable_that_is_named_is_there() -> None:
    metrics = drift_metrics(Report("DriftReport", ()), ended=0, seconds=0, before="")
    known = ENVIRONMENT | {*variables.VARIABLES, *variables.OTHER_VARIABLES, *SETTINGS} | NO_VARIABLES
    known |= set(re.findall(r"^# TYPE (\w+)", metrics, re.MULTILINE))
    wrong = [
        f"{place}: {name}"
        for path in (*PAGES, *MODULES)
        for place, text in texts(path)
        for name in re.findall(r"(?<![\w.-])(?:PODWRIGHT_[A-Z_]*[A-Z]|podwright_[a-z_]*[a-z])(?![\w*])", text)
        if name not in known
    ]
    assert wrong == []


def test_what_is_not_there_is_found() -> None:
    assert wrong_command(["nodes", "check"]) == "podwright has no command nodes"
    assert wrong_command(["manifest", "patch"]) == "podwright manifest has no command patch"
    assert wrong_command(["manifest", "push", "--purge"]) == "podwright manifest push has no option --purge"
    assert wrong_command(["-i", "inventory", "manifest", "push", "-y", "--limit=cp-1"]) == ""
