"""Files on a node mean what its own kubelet makes of them: an older one runs pods that a newer one refuses."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import pod_text
from tests.unit.operations.conftest import SETTINGS

from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import Workload
from podwright.operations.converge import apply_plan
from podwright.operations.desired import Desired
from podwright.operations.observation import observed
from podwright.operations.prepare import prepare
from podwright.operations.report import Status

#: octal to a person, decimal to Go before Kubernetes 1.36
ALIAS = '  hostAliases: [{ip: "010.0.0.1", hostnames: [db.example]}]\n'
CONFIG = "  volumes: [{name: config, configMap: {name: settings}}]\n"
OLDER = pytest.mark.parametrize(("extra", "version"), [(ALIAS, "1.35"), (CONFIG, "1.33")])


def place(site, extra: str, version: str) -> Manifest:
    """Let a pod run of a file with our stamp; `extra` stands in its spec."""
    manifest = Manifest.parse(
        Workload("web"), pod_text(extra="" if extra == CONFIG else extra), kubernetes_version=version
    )
    text = manifest.text(1)
    if extra == CONFIG:
        # podwright never writes one: the API refuses the mirror pod
        text = text.replace("  containers:\n", f"{CONFIG}  containers:\n")
    (site.folder / "web.yaml").write_text(text)
    site.runs(manifest)
    return manifest


def of_version(site, version: str | None) -> Desired:
    desired = site.desired(absent=("web.yaml",))
    settings = replace(desired.node.settings, kubernetes_version=version)
    return replace(desired, node=replace(desired.node, settings=settings))


def remove(site, desired: Desired):
    settings = replace(SETTINGS, timeout=2)
    return apply_plan(prepare(desired, site.host, site.world, settings), site.host, site.world, settings)


@OLDER
def test_a_removal_watches_the_pod_that_only_an_older_kubelet_runs(site, extra, version) -> None:
    place(site, extra, version)
    outcome = remove(site, of_version(site, version))
    assert outcome.status is Status.FAILED
    assert "`default/web-n1` is not gone" in outcome.problems[0].message


@OLDER
def test_it_is_watched_even_if_nobody_says_how_old_the_kubelet_is(site, extra, version) -> None:
    place(site, extra, version)
    outcome = remove(site, of_version(site, None))
    assert outcome.status is Status.FAILED
    assert "`default/web-n1` is not gone" in outcome.problems[0].message


@OLDER
def test_the_inventorys_version_decides_what_a_file_defines(site, extra, version) -> None:
    manifest = place(site, extra, version)
    [file] = observed(of_version(site, version).node, site.host).files
    assert file.pod == manifest.pod
    [file] = observed(of_version(site, None).node, site.host).files
    assert file.pod is None
    assert file.named == manifest.pod


@OLDER
def test_the_nodes_own_version_outweighs_the_inventorys(site, extra, version) -> None:
    manifest = place(site, extra, version)
    site.mirrors.version = f"v{version}.4"
    [file] = observed(of_version(site, "1.36").node, site.host, mirrors=site.mirrors).files
    assert file.pod == manifest.pod


def test_an_api_that_cannot_say_the_version_leaves_the_inventorys(site) -> None:
    manifest = place(site, ALIAS, "1.35")
    site.mirrors.version = "a new one"
    [file] = observed(of_version(site, "1.35").node, site.host, mirrors=site.mirrors).files
    assert file.pod == manifest.pod


def test_the_version_is_not_asked_for_when_every_file_is_as_it_was_written(site) -> None:
    manifest = place(site, ALIAS, "1.35")

    def never(_: str) -> str:
        raise AssertionError("the API was asked")

    site.mirrors.node = never
    [file] = observed(of_version(site, "1.35").node, site.host, (manifest,), mirrors=site.mirrors).files
    assert file.pod == manifest.pod
