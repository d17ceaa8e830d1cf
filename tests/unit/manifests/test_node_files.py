"""A kubelet runs a file, or not; one that is a manifest as we wrote it is not judged again."""

from __future__ import annotations

import pytest

from podwright.manifests import node_files
from podwright.manifests.manifest import Manifest
from podwright.manifests.node_files import Rejected, manifest_from_node
from podwright.manifests.workload import Workload

PLAIN = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: c, image: i}]}\n"
RICH = """\
apiVersion: v1
kind: Pod
metadata:
  name: rich
  namespace: kube-system
  annotations: {a.example/x: "podwright.dev/digest: sha256:0", podwright.dev/other: "1", z.example/y: "1"}
  labels: {app: rich}
spec:
  terminationGracePeriodSeconds: 7
  containers: [{name: a, image: i}, {name: b, image: i}]
"""


def read(data: bytes, *ours: Manifest) -> Manifest | Rejected:
    return manifest_from_node("web.yaml", data, kubernetes_version=None, ours=ours)


@pytest.fixture
def unjudged(monkeypatch):
    """Nothing may be judged."""

    def never(*_: object, **__: object) -> None:
        raise AssertionError("it was judged again")

    monkeypatch.setattr(node_files, "judge", never)


@pytest.mark.parametrize("text", [PLAIN, RICH])
@pytest.mark.parametrize("generation", [0, 1, 12, 10**17])
def test_both_ways_of_reading_what_we_wrote_agree(text, generation) -> None:
    manifest = Manifest.parse(Workload("web"), text)
    data = manifest.text(generation).encode()
    assert read(data, manifest) == read(data)


@pytest.mark.usefixtures("unjudged")
def test_what_we_wrote_is_not_judged_again() -> None:
    others = tuple(Manifest.parse(Workload("web"), text) for text in (PLAIN, RICH))
    assert [read(one.text(3).encode(), *others).pod for one in others] == [one.pod for one in others]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("image: i", "image: j"),
        lambda text: text + "\n",
        lambda text: text.replace('generation: "3"', 'generation: "03"'),
        lambda text: text.replace('managed: "true"', 'managed: "false"'),
        lambda text: text + "---\nkind: Secret\n",
        lambda _: "",
    ],
)
def test_what_differs_by_a_byte_is_judged(change) -> None:
    manifest = Manifest.parse(Workload("web"), PLAIN)
    data = change(manifest.text(3)).encode()
    assert read(data, manifest) == read(data)


def test_a_file_that_the_kubelet_does_not_run_shows_why_and_what_it_holds() -> None:
    desired = Manifest.parse(Workload("web"), RICH)
    file = read(desired.text(4).replace("name: a", "name: A").encode())
    assert isinstance(file, Rejected)
    assert "spec.containers[0].name" in file.reason
    assert (file.pod, file.grace_seconds) == (desired.pod, 7)
    assert (file.stamp.digest, file.stamp.generation, file.stamp.managed) == (desired.digest, 4, True)
    assert file.digest != desired.digest


@pytest.mark.parametrize("data", [b"", b"[", b"[]", b"{" * 10_000, b"\xff"])
def test_what_is_no_pod_at_all_is_rejected(data) -> None:
    file = read(data)
    assert isinstance(file, Rejected)
    assert file.reason
    assert (file.pod, file.digest) == (None, "")


def test_a_file_runs_even_if_the_api_refuses_its_mirror() -> None:
    file = read(PLAIN.replace("{name: web}", "{name: web, resourceVersion: '1'}").encode())
    assert isinstance(file, Manifest)
    assert any(finding.severity == "error" for finding in file.findings)
    assert file.workload == Workload("web")
