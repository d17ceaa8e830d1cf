"""When containers are probed, and when an answer counts."""

import pytest
from tests.fakes.kubelet_bench import pod

from podwright_lab.kubelet.probes import Probes

ASK = {"exec": {"command": ["x"]}, "periodSeconds": 1}


class Site:
    def __init__(self, bench, **probes):
        self.bench, self.changed = bench, []
        self.spec = {"name": "c", "image": "busybox:1"} | probes
        self.pod = pod(containers=[self.spec])
        self.probes = Probes(bench.run, bench.runtime, bench.recorder, self.changed.append)
        self.probes.add(self.pod)
        _, self.container = bench.start(self.pod)

    def after(self, seconds, success=None):
        self.bench.probe = success
        self.bench.after(seconds)
        return self

    @property
    def ready(self):
        return self.probes.ready(self.pod, self.spec, self.container)

    @property
    def failed(self):
        return self.probes.failed(self.pod, self.container)

    def unhealthy(self):
        return [message for reason, message in self.bench.events() if reason == "Unhealthy"]


def test_a_container_without_probes_is_ready_at_once(bench):
    site = Site(bench)
    assert site.ready
    assert site.failed is None


def test_it_is_ready_after_the_first_success_and_not_after_three_failures(bench):
    site = Site(bench, readinessProbe=ASK)
    assert not site.ready
    assert site.after(1.5, success=True).ready
    assert site.after(2, success=False).ready
    assert not site.after(2, success=False).ready
    assert len(site.changed) == 2
    assert site.unhealthy()[0] == "Readiness probe failed: "


@pytest.mark.parametrize(
    ("probe", "seconds", "ready"),
    [
        (ASK | {"initialDelaySeconds": 5}, 3, False),
        (ASK | {"initialDelaySeconds": 5}, 8, True),
        (ASK | {"successThreshold": 4}, 2.5, False),
        (ASK | {"successThreshold": 4}, 6, True),
        (ASK | {"periodSeconds": 30, "initialDelaySeconds": 1}, 20, False),
    ],
)
def test_delays_periods_and_thresholds(bench, probe, seconds, ready):
    assert Site(bench, readinessProbe=probe).after(seconds, success=True).ready is ready


def test_what_nobody_can_ask_succeeds(bench):
    assert Site(bench, readinessProbe={"grpc": {"port": 1}, "periodSeconds": 1}).after(2).ready


def test_a_failing_liveness_probe_wants_a_restart_and_is_not_asked_again(bench):
    site = Site(bench, livenessProbe=ASK | {"failureThreshold": 2}).after(10, success=False)
    assert site.failed == "liveness"
    assert site.ready
    count = bench.store.list("events")[0][0]["count"]
    site.after(10, success=False)
    assert bench.store.list("events")[0][0]["count"] == count == 2


def test_the_others_wait_for_the_startup_probe(bench):
    site = Site(bench, startupProbe=ASK, readinessProbe=ASK, livenessProbe=ASK | {"failureThreshold": 1})
    site.after(2.5, success=False)
    assert (site.ready, site.failed) == (False, None)
    assert all(message.startswith("Startup") for message in site.unhealthy())
    assert site.after(3, success=True).ready


def test_a_new_life_starts_without_the_results_of_the_last(bench):
    site = Site(bench, readinessProbe=ASK).after(2, success=True)
    assert site.ready
    bench.do(bench.runtime.stop_container(site.container.id, 0))
    again = bench.do(bench.runtime.create_container(site.pod, site.container.sandbox_id, site.spec, 1))
    bench.do(bench.runtime.start_container(site.pod, site.spec, again))
    site.after(3, success=False)
    assert not site.probes.ready(site.pod, site.spec, again)


def test_while_a_pod_ends_only_its_readiness_is_asked(bench):
    site = Site(bench, readinessProbe=ASK, livenessProbe=ASK | {"failureThreshold": 1})
    site.after(1.5, success=True)
    site.probes.stop(site.pod)
    site.after(5, success=False)
    assert (site.ready, site.failed) == (False, None)
    site.probes.remove(site.pod)
    site.changed.clear()
    assert site.after(5, success=True).changed == []
