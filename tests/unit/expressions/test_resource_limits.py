"""What takes too long or too much is ended, and the process goes on."""

from __future__ import annotations

import resource
import signal
import threading
import time

import pytest

from podwright.expressions import resource_limits as module
from podwright.expressions.errors import ExpressionError
from podwright.expressions.evaluation import Evaluator
from podwright.expressions.rendering import Templates
from podwright.expressions.resource_limits import BudgetError, budget, unbounded
from podwright.expressions.scope import Evaluation
from podwright.expressions.site_variables import SiteVariables
from podwright.problem import Place

SITE = SiteVariables(variables={"n1": {}}, groups={}, groups_of={"n1": ()}, node_names={})


def rendered(text: str) -> str:
    templates = Templates(lambda name: (text, name))
    return templates.render("t", Evaluation(SITE, Evaluator()).scope("n1"))


@pytest.fixture
def little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CPU_SECONDS", 0.2)


@pytest.mark.usefixtures("little_time")
@pytest.mark.parametrize(
    "text",
    [
        "{{ ('a' * 40 ~ 'b') | regex_search('^(a+)+$') }}",
        "{% for x in range(99999) %}{% for y in range(99999) %}{% endfor %}{% endfor %}",
    ],
    ids=["regular expression", "loops"],
)
def test_what_takes_too_long_is_ended_once_whatever_the_number_of_nodes(text: str) -> None:
    templates = Templates(lambda name: (text, name))
    scope = Evaluation(SITE, Evaluator()).scope("n1")
    with pytest.raises(ExpressionError, match=r"this takes more than 0\.2 s") as caught:
        templates.render("t", scope)
    assert caught.value.place == Place("t", 1, 1)
    began = time.process_time()
    with pytest.raises(ExpressionError, match="takes more than"):
        templates.render("t", scope)
    assert time.process_time() - began < 0.1


@pytest.mark.usefixtures("little_time")
def test_a_template_that_takes_too_long_to_read_is_ended_too() -> None:
    with pytest.raises(ExpressionError, match=r"this takes more than 0\.2 s"):
        rendered("{{ 'x' }}\n" * 20_000)


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'x' * 10 ** 9 }}",
        "{{ 10 ** 9 * 'x' }}",
        "{{ ([0] * 10 ** 9) | length }}",
        "{{ (10 ** 9) ** (10 ** 9) }}",
        "{{ 'x'.ljust(10 ** 12) }}",
        "{{ 'x'.ljust(2 * 10 ** 9) | length }}",
        "{{ '{:>3000000000}'.format(1) | length }}",
        "{% set ns = namespace(s='x') %}{% for i in range(40) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
        "{{ range(10 ** 9) | list }}",
    ],
)
def test_what_is_too_large_is_refused_before_it_fills_the_memory(text: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ExpressionError):
        rendered(text)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1_500_000  # KiB


def test_a_budget_ends_with_its_work_and_leaves_nothing_behind() -> None:
    limits = resource.getrlimit(resource.RLIMIT_AS)
    with budget(), budget():
        assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] > 0
    assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] == 0
    assert resource.getrlimit(resource.RLIMIT_AS) == limits
    assert rendered("{{ 2 ** 10 * 3 }} {{ 'ab' * 3 }} {{ [1] * 2 }}") == "3072 ababab [1, 1]"


def test_another_thread_works_without_a_budget() -> None:
    seen: list[float] = []

    def work() -> None:
        with budget():
            seen.append(signal.getitimer(signal.ITIMER_VIRTUAL)[0])

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [0]


def test_it_is_an_error_of_the_expression() -> None:
    assert issubclass(BudgetError, ExpressionError)


def test_what_opens_a_secret_is_not_on_the_budget():
    limits = resource.getrlimit(resource.RLIMIT_AS)
    with budget():
        bounded = resource.getrlimit(resource.RLIMIT_AS)
        with unbounded():
            assert resource.getrlimit(resource.RLIMIT_AS) == (limits[1], limits[1])
            assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] == 0
        assert resource.getrlimit(resource.RLIMIT_AS) == bounded
        assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] > 0
    with unbounded():
        assert resource.getrlimit(resource.RLIMIT_AS) == limits
