"""A Manifest can only be parsed into being, and what it writes reads back as what was judged."""

import json
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes import nouns
from tests.fakes.copies import replace

from podwright.errors import ManifestError
from podwright.manifests.manifest import Manifest
from podwright.manifests.node_files import Rejected, manifest_from_node
from podwright.manifests.stamp import NO_STAMP, without_stamp
from podwright.manifests.workload import Workload
from podwright.pods.go_scalars import settle
from podwright.pods.go_yaml import decode, settled
from podwright.pods.pod_ref import PodRef
from podwright.validation.node_and_cluster import Surroundings

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  terminationGracePeriodSeconds: 5
  containers:
  - name: c
    image: docker.io/library/busybox:1.36
    command: [sh, -c, "sleep 1"]
    ports:
    - containerPort: 80
"""


def test_a_manifest_knows_what_others_ask_for():
    manifest = Manifest.parse(Workload("haproxy"), POD)
    assert manifest.workload == Workload("haproxy")
    assert manifest.file_name == "haproxy.yaml"
    assert manifest.pod == PodRef("default", "web")
    assert manifest.grace_seconds == 5
    assert manifest.containers == ("c",)
    assert manifest.restart_policy == "Always"


def test_the_text_is_readable_block_yaml_with_the_stamp():
    manifest = Manifest.parse(Workload("web"), POD)
    assert manifest.text(3) == (
        "# managed by podwright: change its template, not this file\n"
        "apiVersion: v1\n"
        "kind: Pod\n"
        "metadata:\n"
        "  name: web\n"
        "  labels:\n"
        '    podwright.dev/managed: "true"\n'
        "  annotations:\n"
        f"    podwright.dev/digest: {manifest.digest}\n"
        '    podwright.dev/generation: "3"\n'
        "    podwright.dev/workload: web\n"
        "spec:\n"
        "  containers:\n"
        "  - name: c\n"
        "    image: docker.io/library/busybox:1.36\n"
        "    command:\n"
        "    - sh\n"
        '    - "-c"\n'
        '    - "sleep 1"\n'
        "    ports:\n"
        "    - containerPort: 80\n"
        "  terminationGracePeriodSeconds: 5\n"
    )


def test_comments_key_order_and_an_old_stamp_change_neither_digest_nor_text():
    manifest = Manifest.parse(Workload("web"), POD)
    reordered = "# hi\nkind: Pod\napiVersion: 'v1'\n" + POD.split("kind: Pod\n")[1]
    assert Manifest.parse(Workload("web"), reordered) == manifest
    assert Manifest.parse(Workload("web"), manifest.text(7)) == manifest


def test_the_owner_is_written_and_is_no_part_of_the_content():
    """Handing a site over to another team restarts no pod."""
    ours, theirs = (Manifest.parse(Workload("web"), POD, owner=owner) for owner in ("", "team-a"))
    assert "    podwright.dev/owner: team-a\n" in theirs.text(1)
    assert "podwright.dev/owner" not in ours.text(1)
    assert ours.digest == theirs.digest


def test_a_file_from_before_workloads_were_recorded_is_ours_and_unchanged():
    manifest = Manifest.parse(Workload("web"), POD)
    older = manifest.text(4).replace("    podwright.dev/workload: web\n", "")
    file = manifest_from_node("web.yaml", older.encode(), kubernetes_version=None, ours=[manifest])
    assert (file.stamp.managed, file.stamp.generation) == (True, 4)
    assert file.stamp.digest == file.digest == manifest.digest


def test_two_generations_differ_in_one_line():
    manifest = Manifest.parse(Workload("web"), POD)
    first, second = manifest.text(1).splitlines(), manifest.text(2).splitlines()
    assert [pair for pair in zip(first, second, strict=True) if pair[0] != pair[1]] == [
        ('    podwright.dev/generation: "1"', '    podwright.dev/generation: "2"')
    ]


def test_what_is_written_is_read_as_ours():
    manifest = Manifest.parse(Workload("web"), POD)
    file = manifest_from_node("web.yaml", manifest.text(12).encode(), kubernetes_version=None)
    assert replace(file, stamp=NO_STAMP) == manifest
    assert (file.stamp.digest, file.stamp.generation, file.stamp.managed) == (manifest.digest, 12, True)
    assert file.stamp.workload == manifest.workload


def test_every_problem_is_told_with_its_place():
    with pytest.raises(ManifestError) as caught:
        Manifest.parse(
            Workload("web"), "apiVersion: v1\nkind: Pod\nmetadata: {}\nspec: {}\n", place="web.yaml.j2"
        )
    places = [str(problem.place) for problem in caught.value.problems]
    assert len(places) >= 2
    assert all(place.startswith("web.yaml.j2:") for place in places)


# fmt: off
ODD_TEXTS = [
    "y", "NO", "on", "1e3", "0o17", "012", "1_000", "1:20", "2001-01-01", "~", "null", "<<", "=",
    "a\nb", "a\nb\n", "a\n b\n\n", " a\nb", "a \nb", "a\n \nb", "a\x85b", "\u2028", "\ufeff", "a: b",
    "- a", ".inf", "0x1F", "#x", "a #b", "a:", "'", '"', "\t", "a\tb\n\tc", "\x00", "\x7f", "-", "?", "!x", "&a", "*a",
    "%a", "@", "`", "{", "[", "|", ">", "---", "...", "\U0001f600", "\r\n", "x" * 2000,
]
# fmt: on
TEXTS = st.one_of(st.text(st.characters(exclude_categories=("Cs",)), max_size=20), st.sampled_from(ODD_TEXTS))
SCALARS = st.one_of(
    TEXTS,
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False).map(settle),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)


@settings(max_examples=200)
@given(
    st.one_of(
        st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
    )
)
def test_no_bytes_crash_it(data):
    file = manifest_from_node("web.yaml", data, kubernetes_version=None)
    assert file.reason if isinstance(file, Rejected) else file.pod


def test_rules_of_wisdom_can_be_silenced_and_the_surroundings_be_known():
    odd = POD.replace("metadata:\n", "metadata:\n  uid: fixed\n")
    with pytest.raises(ManifestError, match="later manifest"):
        Manifest.parse(Workload("web"), odd)
    assert Manifest.parse(Workload("web"), odd, silenced=["fixed-uid"]).pod.name == "web"
    elsewhere = POD.replace("metadata:\n", "metadata:\n  namespace: team\n")
    assert Manifest.parse(Workload("web"), elsewhere).depends == (
        "`metadata.namespace` is `team`, which must exist in the cluster",
        "`spec` needs the node's pod network, which must be ready",
    )
    with pytest.raises(ManifestError, match="must exist in the cluster"):
        Manifest.parse(Workload("web"), elsewhere, known=Surroundings(namespaces=frozenset(["default"])))


def test_a_stamp_alone_leaves_no_trace_in_the_content():
    assert without_stamp({"metadata": {"name": "a", "labels": {"podwright.dev/managed": "true"}}}) == {
        "metadata": {"name": "a"}
    }


PODS = st.fixed_dictionaries(
    {
        "args": st.lists(TEXTS, max_size=4),
        "annotations": st.dictionaries(
            st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8})?", fullmatch=True), TEXTS, max_size=3
        ),
        "labels": st.dictionaries(
            st.sampled_from(["y", "no", "app", "1", "a.b"]), st.sampled_from(["yes", "1", "", "0x1"])
        ),
        "cpu": st.sampled_from([1, 0.5, "100m", "1e-1", 1e3]),
        "unset": st.none(),
    }
)


@settings(max_examples=100)
@given(PODS, st.integers(0, 10**6))
def test_what_parse_accepts_is_what_go_reads_from_the_text_written(parts, generation):
    container = {
        "name": "c",
        "image": "i:1",
        "args": parts["args"],
        "resources": {"limits": {"cpu": parts["cpu"]}},
    }
    metadata = {
        "name": "p",
        "annotations": parts["annotations"],
        "labels": parts["labels"],
        "uid": parts["unset"],
    }
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [container]}}
    manifest = Manifest.parse(Workload("p"), json.dumps(pod))
    written = manifest.text(generation)
    assert without_stamp(settled(decode(written.encode()).value)) == manifest.document
    assert Manifest.parse(Workload("p"), written) == manifest
    assert Manifest.parse(Workload("p"), written).text(generation) == written


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
def test_gos_own_yaml_reads_what_is_written(tmp_path):
    """kubectl decodes files with the very library of the kubelet; `label --local` asks no server."""
    values = [*ODD_TEXTS, "\u00e9\u4e2d", "x\u00a0y", "a'b\"c\\d", "\x85"]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "annotations": {f"a{index}": value for index, value in enumerate(values)}},
        "spec": {
            "containers": [
                {"name": "c", "image": "i:1", "args": values, "resources": {"limits": {"cpu": 0.5}}}
            ]
        },
    }
    manifest = Manifest.parse(Workload("p"), json.dumps(pod))
    path = tmp_path / "p.yaml"
    path.write_text(manifest.text(7), encoding="utf-8")
    command = ["kubectl", "label", "--local", "-f", str(path), "podwright.dev/managed-", "-o", "json"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert without_stamp(json.loads(answer.stdout)) == manifest.document


def test_the_pod_of_a_second_slot_has_another_name_and_the_same_digest():
    first = nouns.manifest()
    second = first.in_slot(2)
    assert (second.file_name, second.pod.name, second.digest) == ("web+2.yaml", "web-slot2", first.digest)
    there = nouns.written(second).manifest
    assert (there.pod, there.digest, there.stamp.digest) == (second.pod, first.digest, first.digest)
    assert there.in_slot(1) == first
    given_up = nouns.observed_file("web+2.yaml", replace(second, marked=False).text(1)).manifest
    assert given_up.pod == second.pod


def test_a_second_slots_name_that_was_changed_by_hand_is_a_difference():
    second = nouns.manifest().in_slot(2)
    edited = nouns.observed_file("web+2.yaml", second.text(1).replace("web-slot2", "web")).manifest
    assert edited.digest != second.digest == edited.stamp.digest
