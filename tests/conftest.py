"""Rules for every test: oracles run when asked for, where CI runs nothing may be skipped, and counts stand at the end."""

from __future__ import annotations

import gc
import os
import re
import signal
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import settings
from tests.fakes.command_server import CommandServer, command_server
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling, Scheduling

# how long one example takes says how busy the machine is, and nothing of the code
settings.register_profile("podwright", deadline=None)
settings.load_profile("podwright")

#: how the names of files begin whose tests wait for labs and nodes most of the time, those first that take minutes
WAITING = (
    "tests/faults/test_dead_man_switch",
    "tests/acceptance/test_taken_back",
    "tests/acceptance/test_the_main_job",
    "tests/faults/test_guarded_groups",
    "tests/acceptance/test_surge",
    "tests/acceptance/test_run_resumed",
    "tests/faults/test_broken_nodes",
    "tests/nodes/",
    "tests/acceptance/",
    "tests/faults/",
    "tests/unit/podwright_lab/test_demo",
    "tests/contract/",
)
#: a test of a node that is booted for tests, and which one that is, unless it is the container with systemd
BOOTED = re.compile(r"tests/nodes/(?:.*(busybox|openrc|virtual))?")
#: after each of them, so many files that compute
COMPUTING = 5
ORACLES = {"ansible": "PODWRIGHT_TEST_ANSIBLE"}


def pytest_configure(config: pytest.Config) -> None:
    _forget_the_shells_own_site()
    _hear_signals()
    config.addinivalue_line(
        "markers", "oracle(name): compares with another program; runs where the variable that names it is set"
    )


def _hear_signals() -> None:
    """Whoever is started in the background or by `nohup` ignores them, and so would all that a test starts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def _forget_the_shells_own_site() -> None:
    """Whoever plays with a lab has its variables exported: they are not the tests' site."""
    for name in [name for name in os.environ if name.startswith("PODWRIGHT_")]:
        if not name.startswith("PODWRIGHT_TEST_"):
            del os.environ[name]


@pytest.fixture(scope="session", autouse=True)
def _state_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What runs write on this machine (the journal, tracebacks) is not its owner's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="session")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandServer]:
    with command_server(tmp_path_factory.mktemp("commands")) as server:
        yield server


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """The tests are millions of objects, all of which stay: nothing is gained by looking through them."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave oracles out that nobody named: they are a developer's tool, not one of the project's checks.

    Workers are given whole files in this order: while some wait others compute, and none is left alone with a long one.
    """
    turns = _turns(dict.fromkeys(_file(item) for item in items))
    items.sort(key=lambda item: turns[_file(item)])
    unavailable = [item for item in items if any(_unavailable(mark) for mark in item.iter_markers("oracle"))]
    if unavailable:
        config.hook.pytest_deselected(items=unavailable)
        items[:] = [item for item in items if item not in set(unavailable)]


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def _turns(files: Iterable[str]) -> dict[str, int]:
    ranks = {
        file: next((n for n, start in enumerate(WAITING) if file.startswith(start)), None) for file in files
    }
    waiting = sorted((rank, file) for file, rank in ranks.items() if rank is not None)
    computing = [file for file, rank in ranks.items() if rank is None]
    return {
        **{file: number * COMPUTING for number, (_, file) in enumerate(waiting)},
        **{file: number for number, file in enumerate(computing)},
    }


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    return _ByFile(config, log)


class _ByFile(LoadFileScheduling):
    """Gives out whole files, and all tests of a booted node in one: each is started once."""

    def _split_scope(self, nodeid: str) -> str:
        node = BOOTED.match(nodeid)
        return node[1] or "booted" if node else nodeid.partition("::")[0]


def _unavailable(mark: pytest.Mark) -> bool:
    return ORACLES[mark.args[0]] not in os.environ


#: one test each for a recorded experiment
EXPERIMENTS = (
    "test_the_lab_does_what_was_recorded",
    "test_the_lab_takes_and_refuses_each_manifest_as_was_recorded",
    "test_a_second_write_closes_the_hole_when_it_did",
)
#: the property of a test (`record_property`) that is told at the end, whichever worker ran it
SUMMARY = "summary"


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> object:
    answer = yield
    for line in (*_summaries(terminalreporter), *_experiments(terminalreporter)):
        terminalreporter.write_line(line)
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped and os.environ.get("CI"):
        terminalreporter.write_line(f"{len(skipped)} tests were skipped, and CI must run them all", red=True)
    return answer


def _summaries(reporter: pytest.TerminalReporter) -> Iterator[str]:
    for outcome in ("passed", "failed"):
        for report in reporter.stats.get(outcome, ()):
            yield from (str(text) for name, text in report.user_properties if name == SUMMARY)


def _experiments(reporter: pytest.TerminalReporter) -> Iterator[str]:
    """How many of the recorded experiments the lab replays."""
    counts = {
        outcome: sum(_is_experiment(report.nodeid) for report in reporter.stats.get(outcome, ()))
        for outcome in ("passed", "failed", "error")
    }
    if total := sum(counts.values()):
        yield f"{counts['passed']} of {total} experiments"


def _is_experiment(nodeid: str) -> bool:
    return "tests/conformance/test_experiments.py" in nodeid and any(name in nodeid for name in EXPERIMENTS)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A test that needs a thing installs it or fails; in CI a skipped one is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped") and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
