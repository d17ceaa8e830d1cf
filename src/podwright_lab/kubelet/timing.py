"""How long things take in a real kubelet v1.36, and how the stand-in draws its jitter."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. The defaults are the kubelet's, or the medians of the recordings if only these show them."""

    #: `fileCheckFrequency`
    relist_files: float = 20.0
    #: how often a watch of a missing folder is tried again (`file_linux.go:retryPeriod`)
    retry_watch: float = 1.0
    #: `housekeepingPeriod`
    housekeeping: float = 2.0
    #: `status_manager.go:syncPeriod`
    status_tick: float = 10.0
    #: `genericPlegRelistPeriod`
    relist_containers: float = 1.0
    #: how long after a start of containers the pod is relisted out of turn
    relist_after_start: float = 0.006
    #: the sync loop's ticker, at which requeued pods are looked for
    work_queue: float = 1.0
    #: `syncFrequency`, prolonged by up to a half (`workerResyncIntervalJitterFactor`)
    resync: float = 60.0
    #: `backOffPeriod`, prolonged by up to a half (`workerBackOffPeriodJitterFactor`)
    back_off: float = 10.0
    #: `backOffOnTransientErrorPeriod`
    transient_back_off: float = 1.0
    #: the first wait of a crash loop or of a failing pull, doubled up to five minutes
    crash_back_off: float = 10.0
    crash_back_off_limit: float = 300.0
    #: `ContainerGCPeriod`
    garbage_collection: float = 60.0
    #: `minimumGracePeriodInSeconds` of kuberuntime
    minimum_grace: float = 2.0
    #: start of the process to its first reading of the files
    start_files: float = 0.4
    #: that reading to the first relist of the containers, to the sync loop with its tickers, and to the first list from
    #: the API; and the loop's start to its first set of pods
    start_relist: float = 0.1
    start_loop: float = 0.2
    start_api: float = 0.85
    start_pods: float = 0.1
    #: waits between attempts to register the node, doubled up to 7 s (`registerWithAPIServer`)
    register_retry: float = 0.1
    register_retry_limit: float = 7.0
    #: a reflector's wait before it lists again
    reconnect: float = 0.8
    #: the event recorder's wait before it sends again
    event_retry: float = 10.0
    lease: float = 10.0
    #: an API call and the way of a change through a watch
    api_call: float = 0.005
    watch_delay: float = 0.003
    #: the runtime's work
    sandbox_start: float = 0.095
    #: what each sandbox begun meanwhile costs the ones before it
    sandbox_company: float = 0.012
    container_create: float = 0.03
    container_start: float = 0.065
    container_stop: float = 0.012
    sandbox_stop: float = 0.06
    image_pull: float = 0.015


class Jitter:
    """Kubernetes' `wait.Jitter` from a seeded source, so that a run can be repeated."""

    def __init__(self, seed: int | str = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311 - spreads retries, guards nothing

    def prolong(self, seconds: float, factor: float = 0.5) -> float:
        return seconds * (1 + factor * self._random.random())

    def within(self, seconds: float) -> float:
        return seconds * self._random.random()

    def identifier(self, digits: int = 64) -> str:
        return f"{self._random.getrandbits(4 * digits):0{digits}x}"
