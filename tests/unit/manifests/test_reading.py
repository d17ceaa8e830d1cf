"""A file that is a manifest as we wrote it reads the same without being judged anew."""

from __future__ import annotations

import pytest

from podwright.manifests import reading
from podwright.manifests.manifest import Manifest
from podwright.manifests.reading import read_as_kubelet, read_as_written
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


@pytest.fixture
def unjudged(monkeypatch):
    """Nothing may be judged."""

    def never(*_: object, **__: object) -> None:
        raise AssertionError("it was judged anew")

    monkeypatch.setattr(reading, "judge", never)


@pytest.mark.parametrize("text", [PLAIN, RICH])
@pytest.mark.parametrize("generation", [0, 1, 12, 10**17])
def test_both_ways_of_reading_what_we_wrote_agree(text, generation) -> None:
    manifest = Manifest.parse(Workload("web"), text)
    data = manifest.text(generation).encode()
    assert read_as_written((manifest,), data, kubernetes_version=None) == read_as_kubelet(
        data, kubernetes_version=None
    )


@pytest.mark.usefixtures("unjudged")
def test_what_we_wrote_is_not_judged_anew() -> None:
    others = tuple(Manifest.parse(Workload("web"), text) for text in (PLAIN, RICH))
    assert [read_as_written(others, one.text(3).encode(), kubernetes_version=None).pod for one in others] == [
        one.pod for one in others
    ]


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
    assert read_as_written((manifest,), data, kubernetes_version=None) == read_as_kubelet(
        data, kubernetes_version=None
    )
    assert read_as_written((), manifest.text(3).encode(), kubernetes_version=None) == read_as_kubelet(
        manifest.text(3).encode(), kubernetes_version=None
    )
