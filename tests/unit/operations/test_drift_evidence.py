"""What the API tells beside the nodes: why a mirror pod is missing, as far as it knows."""

from __future__ import annotations

from tests.fakes.nouns import manifest
from tests.unit.operations.conftest import SETTINGS

from podwright.operations.drift import check_drift, findings_of

WEB = manifest()


def test_why_there_is_no_mirror_is_told_if_the_api_knows(site) -> None:
    site.place(WEB)
    site.runs(WEB)
    site.mirrors.pods.clear()

    def detail() -> str:
        [finding] = findings_of(check_drift((site.desired(WEB),), site.world, SETTINGS))
        return finding.detail

    assert detail() == "the API has no pod `default/web-n1`"
    site.mirrors.cut_off = True
    assert detail() == "the API has no pod `default/web-n1`: the kubelet does not report to it"
    site.mirrors.lacks_namespace = lambda name: name == "default"
    assert detail() == "the API has no pod `default/web-n1`: it has no namespace `default`"
