"""Simulated containers, and what a manifest's variables come to."""

import pytest
from tests.fakes.kubelet_bench import pod

from podwright_lab.kubelet.agenda import Agenda, Scope
from podwright_lab.kubelet.launch import Life, Simulation, StartError, environment


class Site:
    def __init__(self, life, answers=None):
        self.agenda, self.ended = Agenda(), []
        asked = (answers or {}).get
        self.simulation = Simulation(self.agenda, lambda *_: life, lambda command: asked(command[0]))

    def start(self):
        return self.simulation(pod(), {"name": "c"}, self.ended.append, lambda _: None)

    def after(self, seconds):
        self.agenda.run_until(self.agenda.now + seconds)
        return self.ended


def test_a_container_runs_until_it_is_told_to_end():
    site = Site(Life())
    running = site.start()
    assert site.after(1000) == []
    running.term()
    running.term()
    running.kill()
    assert site.ended == [0]


def test_a_container_may_end_by_itself_and_then_no_more():
    site = Site(Life(seconds=5, exit_code=3))
    running = site.start()
    assert site.after(4) == []
    assert site.after(2) == [3]
    running.kill()
    assert site.after(10) == [3]


@pytest.mark.parametrize(
    ("life", "codes"), [(Life(ends_on_term=False), [137]), (Life(term_exit_code=143), [143]), (Life(), [0])]
)
def test_how_it_ends_when_it_is_told_to(life, codes):
    site = Site(life)
    running = site.start()
    running.term()
    running.kill()
    assert site.ended == codes


def test_what_cannot_be_started_says_why():
    with pytest.raises(StartError, match="no such file"):
        Site(Life(start_error="no such file")).start()


@pytest.mark.parametrize(
    ("probe", "success"),
    [
        ({"exec": {"command": ["good"]}}, True),
        ({"exec": {"command": ["bad"]}}, False),
        ({"exec": {"command": ["unknown"]}}, None),
        ({"httpGet": {"port": 80}}, None),
        ({"grpc": {"port": 80}}, None),
    ],
)
def test_only_its_commands_can_be_asked(probe, success):
    site = Site(Life(), {"good": True, "bad": False})
    answers = []

    def asking():
        answers.append((yield from site.start().ask({"name": "c"}, probe)))

    site.agenda.spawn(asking(), Scope())
    site.after(1)
    assert [None if answer is None else answer.success for answer in answers] == [success]


def test_plain_and_downward_variables():
    env = [{"name": "PLAIN", "value": "x"}, {"name": "EMPTY"}]
    env += [
        {"name": path, "valueFrom": {"fieldRef": {"fieldPath": path}}}
        for path in ("metadata.name", "metadata.labels['app']", "spec.nodeName", "status.podIP", "spec.nope")
    ]
    assert environment({"env": env}, pod()) == {
        "PLAIN": "x",
        "EMPTY": "",
        "metadata.name": "app-n1",
        "metadata.labels['app']": "app",
        "spec.nodeName": "n1",
        "status.podIP": "127.0.0.1",
        "spec.nope": "",
    }
