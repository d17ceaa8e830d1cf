"""What a running lab answers on its control socket."""

import threading

import pytest

from podwright_lab.cluster import Lab
from podwright_lab.daemon import LabDaemon, main
from podwright_lab.lab_error import LabError, LabUsageError


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with Lab(tmp_path_factory.mktemp("daemon") / "lab", nodes=["cp-1"], speed=10) as running:
        yield running


@pytest.fixture
def stop():
    return threading.Event()


@pytest.fixture
def daemon(lab, stop):
    return LabDaemon(lab, stop)


def test_the_status_names_nodes_ports_and_the_api(daemon, lab):
    status = daemon.handle({"do": "status"})
    assert status["api"] == lab.api.url
    assert status["nodes"] == [{"name": "cp-1", "port": lab.node("cp-1").port, "broken": []}]
    assert status["broken"] == []


def test_what_is_broken_is_shown_until_it_is_mended(daemon):
    assert daemon.handle({"do": "break", "node": "cp-1", "what": "disk-full"}) == {"broken": ["cp-1"]}
    assert daemon.handle({"do": "status"})["nodes"][0]["broken"] == ["disk-full"]
    assert daemon.handle({"do": "mend", "node": "all", "what": "all"}) == {"mended": ["cp-1"]}
    assert daemon.handle({"do": "status"})["nodes"][0]["broken"] == []


def test_a_request_to_stop_is_noted_and_answered(daemon, stop):
    assert daemon.handle({"do": "stop"}) == {}
    assert stop.is_set()


@pytest.mark.parametrize(
    ("request_", "error", "message"),
    [
        ({"do": "dance"}, LabError, "does not know `dance`"),
        ({}, LabError, "does not know ``"),
        ({"do": "break", "node": "cp-9", "what": "disk-full"}, LabUsageError, "no node `cp-9`"),
        ({"do": "break", "node": "cp-1", "what": "legs"}, LabUsageError, "`legs`"),
    ],
)
def test_what_it_cannot_do_is_an_error(daemon, stop, request_, error, message):
    with pytest.raises(error, match=message):
        daemon.handle(request_)
    assert not stop.is_set()


def test_its_command_line_wants_all_that_a_lab_needs(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["/nowhere", "--nodes", "3"])
    assert caught.value.code == 2
    assert "--speed, --ready, --lock" in capsys.readouterr().err
