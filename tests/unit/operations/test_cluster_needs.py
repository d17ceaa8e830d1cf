"""What a cluster lacks for mirror pods is told before any node is touched, once for all pods that name it."""

from __future__ import annotations

from tests.fakes.copies import replace
from tests.unit.operations.conftest import SETTINGS

from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import Workload
from podwright.operations.cluster_needs import missing_in_cluster
from podwright.plan.expectations import WaitFor


def naming(template: str, priority_class: str, namespace: str = "default") -> Manifest:
    text = (
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {template}, namespace: {namespace}}}\n"
        f"spec: {{containers: [{{name: main, image: a}}], priorityClassName: {priority_class}}}\n"
    )
    return Manifest.parse(Workload(template), text)


def test_what_is_missing_is_asked_for_once_and_never_if_it_is_always_there(site) -> None:
    asked = []

    def lacks(name: str) -> bool:
        asked.append(name)
        return name != "low"

    site.mirrors.lacks_priority_class = site.mirrors.lacks_namespace = lacks
    high = (naming("web", "high"), naming("api", "high", "team"))
    desired = site.desired(*high, naming("dns", "low"), naming("etcd", "system-node-critical"))
    namespace, priority = missing_in_cluster([desired, desired], site.world, SETTINGS)
    assert asked == ["team", "high", "low"]
    assert namespace.message.startswith("there is no namespace `team`, so the pods of `api.yaml` could have")
    assert priority.message == (
        "there is no PriorityClass `high`, so the pods of `web.yaml`, `api.yaml` could have no mirror pods"
    )
    assert "`kubectl create priorityclass high`" in priority.hint
    assert missing_in_cluster([desired], site.world, replace(SETTINGS, wait_for=WaitFor.RUNNING)) == ()
