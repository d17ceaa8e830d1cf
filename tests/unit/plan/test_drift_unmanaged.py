"""What the inventory knows nothing of, held against what a real kubelet ran of the same files."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, observation, observed_file, pod_text, running, written

from podwright.plan.drift import is_critical
from podwright.plan.drift_unmanaged import of_kubelet, unnamed
from podwright.plan.reasons import Check, Drift, because

WEB = manifest()
STRAY = Path(__file__).parents[2] / "recorded/conformance/11-stray-files"
RAN = set(
    re.findall(
        r'"name": ?"([a-z0-9-]+)-n[0-9]"', gzip.decompress((STRAY / "runtime.jsonl.gz").read_bytes()).decode()
    )
)


def found(*files, named=("web.yaml",), expected=(), **changes) -> list[tuple[str, str]]:
    look = observation(*files, **changes)
    return [(finding.drift.value, finding.subject) for finding in unnamed(look, named, expected)]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("#emacs.yaml#", "file-stray"), ("backup.yaml.bak", "file-stray"), ("backup.yaml~", "file-stray"),
        ("noextension", "file-stray"), ("pod.txt", "file-stray"), ("pod.json", "file-unmanaged"),
        ("crlf.yaml", "file-unmanaged"), ("file with space.yaml", "file-unmanaged"), ("bom.yaml", "file-unmanaged"),
        ("configmap.yaml", "file-ignored"), ("deployment.yaml", "file-ignored"), ("empty.yaml", "file-ignored"),
        ("truncated.yaml", "file-ignored"), ("tab-indent.yaml", "file-ignored"), ("binary.yaml", "file-ignored"),
    ],
)  # fmt: skip
def test_a_foreign_file_is_told_by_what_the_real_kubelet_made_of_it(name, kind):
    file = observed_file(name, (STRAY / name).read_bytes())
    assert (file.named is not None and file.named.name in RAN) == (kind != "file-ignored")
    assert found(file) == [(kind, name)]


def test_what_is_named_expected_or_a_second_file_of_a_named_pod_is_none_of_these():
    copy = observed_file("web.yaml.bak", written(WEB).content)
    others = [observed_file(name, pod_text(name[:4])) for name in ("etcd.yaml", "kube-proxy.yaml")]
    assert found(written(WEB), copy, *others, expected=("etcd.yaml", "kube-*.yaml")) == []
    assert found(*others, expected=("etcd.yaml",)) == [("file-unmanaged", "kube-proxy.yaml")]
    assert found(*(replace(file, noted=True) for file in others)) == [], "adopted as they lie there"


def test_a_file_that_was_released_with_its_mark_is_anothers_unless_it_is_expected():
    released = replace(written(manifest("old")), noted=True)
    assert found(released) == [("file-unmanaged", "old.yaml")]
    assert found(released, expected=("old.yaml",)) == []


def test_a_file_of_ours_that_the_inventory_no_longer_names_is_an_orphan_instead():
    assert found(written(manifest("old"))) == []


def test_a_static_pod_of_others_that_no_file_defines_is_an_orphan_sandbox():
    theirs = running(manifest("theirs"), digest=None)
    assert found(pods=(theirs,)) == [("sandbox-orphaned", "default/theirs-n1")]
    assert found(observed_file("theirs.yaml", pod_text("theirs")), pods=(theirs,), expected=("*",)) == []
    assert found(pods=(running(manifest("theirs"), digest=None, source="api"),)) == []
    assert found(pods=(running(manifest("theirs"), digest=None, ready=False),)) == []
    assert found(pods=(running(WEB),)) == []
    assert found(pods=None) == []


def test_nothing_is_guessed_of_a_sandbox_if_a_file_cannot_be_read():
    theirs = running(manifest("theirs"), digest=None)
    assert found(
        observed_file(
            "theirs.yaml",
            "kind: [",
        ),
        pods=(theirs,),
    ) == [("file-ignored", "theirs.yaml")]


def test_a_kubelet_that_is_down_or_reads_another_folder_is_critical():
    checks = (
        because(Check.KUBELET_DOWN, problem="no kubelet runs on it", otherwise="x"),
        because(Check.READS_NO_FOLDER, folder="/m"),
        because(Check.READS_OTHER_FOLDER, path="/n", source="its flag", folder="/m"),
        because(Check.KUBELET_SEVERAL, problem="two"),
    )
    findings = list(of_kubelet("n1", checks))
    assert [finding.drift for finding in findings] == [
        Drift.KUBELET_DOWN,
        Drift.FOLDER_UNREAD,
        Drift.FOLDER_UNREAD,
    ]
    assert all(is_critical(finding.drift) for finding in findings)
    assert str(findings[2]) == "n1: folder-unread: kubelet: its kubelet reads `/n` (its flag), not `/m`"
