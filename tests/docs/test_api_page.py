"""docs/api.md: the ClusterRole grants exactly what the client asks for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from tests.fakes.api_client import until
from tests.fakes.api_messages import Reply, status
from tests.fakes.api_server import ApiServer
from tests.fakes.kubeconfigs import kubeconfig

from podwright.errors import ClusterForbiddenError
from podwright.pods.pod_ref import PodRef
from podwright.remote.kube.client import connect

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


def granted() -> set[str]:
    role = yaml.safe_load(re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[1])
    assert role["kind"] == "ClusterRole"
    return {
        f"{verb} {resource}"
        for rule in role["rules"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def asked(tmp_path: Path) -> set[str]:
    """What the client says that it lacks, when it may do nothing."""
    lacking = set()
    with ApiServer() as server:
        path = kubeconfig(tmp_path / "config", {"server": server.url})
        cluster = connect(kubeconfig=str(path), context=None, environ={})
        for call in (
            lambda: cluster.pod(PodRef("default", "web-n1")),
            lambda: cluster.node("n1"),
            lambda: cluster.exists("namespaces", "default"),
            lambda: cluster.exists("priorityclasses", "high"),
            lambda: cluster.events("default", "web-n1", "u"),
        ):
            server.script(Reply(403, status(403, "Forbidden", "no")))
            with pytest.raises(ClusterForbiddenError) as caught:
                call()
            lacking.add(caught.value.message)
        server.script(Reply(403))
        with cluster.watch("a=b") as watch:
            with pytest.raises(ClusterForbiddenError) as caught:
                watch.wait_synced(10)
            lacking.add(caught.value.message)
        server.script(Reply(403), when=lambda request: "watch" in request.query)
        with cluster.watch("a=b") as watch:
            watch.wait_synced(10)
            until(watch, lambda: watch.trouble)
            lacking.add(watch.trouble)
        cluster.close()
    return {re.match(r"not allowed to (\w+ \w+)", message)[1] for message in lacking}


def test_the_cluster_role_grants_what_is_asked_and_no_more(tmp_path):
    assert granted() == asked(tmp_path)
