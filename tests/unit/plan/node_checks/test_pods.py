"""Ports, images and paths that this node's own static pods need."""

from __future__ import annotations

import pytest
from tests.fakes.machines import judged, observation, result, subject
from tests.fakes.nouns import manifest, pod_text

from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import Workload
from podwright.plan.facts import ListeningPort
from podwright.plan.node_image import NodeImage
from podwright.plan.observed import ObservedPod, UnfitPath
from podwright.plan.unknown_fact import Unknown
from podwright.pods.prerequisites import HostPath

PORTS = "    ports: [{containerPort: 8080}]\n"
WEB = manifest(image=f"example.com/web:1\n{PORTS}".rstrip("\n"))
IMAGE = NodeImage("sha256:1", ("example.com/web:1",))


def listening(address: str = "0.0.0.0", process: object = "nginx") -> tuple[ListeningPort, ...]:
    return (ListeningPort("tcp", address, 8080, process, 77),)


def test_a_port_that_another_process_has_is_taken() -> None:
    found = judged("ports-taken", subject(manifests=(WEB,), ports=listening()))
    assert (found.result.value, found.seen) == ("fail", "8080/TCP of web.yaml by nginx (pid 77)")
    hidden = judged("ports-taken", subject(manifests=(WEB,), ports=listening(process=Unknown("x"))))
    assert hidden.seen.endswith("by an unknown process (x)")


def test_its_own_pod_may_have_it() -> None:
    pod = ObservedPod(WEB.pod.on("n1"), "u", ready=True)
    assert (
        result("ports-taken", subject(manifests=(WEB,), ports=listening(), seen=observation(pods=(pod,))))
        == "pass"
    )
    assert result("ports-taken", subject(ports=listening())) == "n/a"
    assert result("ports-taken", subject(manifests=(WEB,), ports=Unknown("no awk"))) == "unknown"


@pytest.mark.parametrize(("images", "expected"), [((), "warn"), ((IMAGE,), "pass"), (None, "unknown")])
def test_an_image_that_is_not_there_must_be_pulled(images, expected: str) -> None:
    assert result("images-absent", subject(manifests=(WEB,), seen=observation(images=images))) == expected


def test_an_image_that_nobody_may_pull_fails() -> None:
    text = pod_text().replace("imagePullPolicy: IfNotPresent", "imagePullPolicy: Never")
    local = Manifest.parse(Workload("web"), text)
    assert result("images-absent", subject(manifests=(local,))) == "fail"


def test_paths_of_the_host() -> None:
    wanted = HostPath("/srv/data", "Directory")
    volumes = "  volumes: [{name: a, hostPath: {path: /srv/data, type: Directory}}]\n"
    pod = manifest(extra=volumes)
    unfit = observation(unfit_paths=(UnfitPath(wanted, missing=True),))
    assert judged("host-paths", subject(manifests=(pod,), seen=unfit)).seen == "/srv/data is missing"
    assert result("host-paths", subject(manifests=(pod,))) == "pass"
    assert result("host-paths", subject(manifests=(WEB,))) == "n/a"
