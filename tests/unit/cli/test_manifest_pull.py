"""What lies on a node becomes a template that renders it again."""

from __future__ import annotations

import json
import stat

from tests.fakes.nouns import manifest, pod_text

from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import Workload

WEB = manifest()


def test_what_was_pulled_changes_nothing_before_and_after_it_is_adopted(one_node, node) -> None:
    (node.folder / "api.yaml").write_text(
        pod_text("api").replace("cpu: 10m", "cpu: 0.01 # as kubeadm has it")
    )
    answer = one_node.run("manifest", "pull", "api")
    assert answer.code == 0, answer.err
    assert "templates/manifests/api.yaml.j2" in answer.out
    assert "static_pods" in answer.err
    tried, _, taken = answer.err.partition("manifest push --dry-run`")
    assert "`podwright manifest validate`" in tried
    assert "`podwright manifest adopt api --no-restart`" in taken
    one_node.inventory.write_text("all: {hosts: {n1: {}}, vars: {static_pods: [api]}}\n")
    assert one_node.run("manifest", "validate").code == 0
    unchanged = one_node.run("manifest", "push", "--dry-run", "--exit-code", "--wait-for", "file")
    assert unchanged.code == 0, unchanged.err
    assert "`api.yaml` is the same pod, not managed by podwright" in unchanged.err
    assert "`podwright manifest adopt api --no-restart`" in unchanged.err
    shown = one_node.run("manifest", "push", "--dry-run", "--diff", "--adopt")
    assert "update api.yaml" in shown.out, shown.err
    changed = [
        line for line in shown.out.splitlines() if line.startswith(("+", "-")) and "podwright.dev" not in line
    ]
    assert [line for line in changed if line.strip("+- ") not in ("annotations:", "labels:")] == [
        "--- a/api.yaml",
        "+++ b/api.yaml",
    ]
    before = (node.folder / "api.yaml").read_bytes()
    adopted = one_node.run("manifest", "adopt", "api", "--no-restart", "--yes", "--wait-for", "file")
    assert (adopted.code, "took over api.yaml" in adopted.out) == (0, True), adopted.err
    unchanged = one_node.run("manifest", "push", "--dry-run", "-o", "json")
    assert json.loads(unchanged.out)["nodes"][0]["status"] == "unchanged", unchanged.err
    assert (node.folder / "api.yaml").read_bytes() == before


def test_a_name_that_no_node_knows_is_refused_with_the_one_that_is_meant(one_node, node) -> None:
    node.place(WEB)
    one_node.inventory.write_text("all: {hosts: {n1: {}}}\n")
    answer = one_node.run("manifest", "pull", "wbe")
    assert (answer.code, "hint: did you mean `web`?" in answer.err) == (2, True), answer.err
    one_node.inventory.write_text("all: {hosts: {n1: {}}, vars: {static_pods: [vip]}}\n")
    answer = one_node.run("manifest", "pull", "vip")
    assert (answer.code, "there was nothing to pull" in answer.err) == (0, True), "it is not there yet"


def test_the_mark_is_left_out_and_a_push_has_nothing_to_do(one_node, node) -> None:
    node.place(WEB)
    node.runs(WEB)
    (one_node.templates / "web.yaml.j2").unlink()
    pulled = one_node.run("manifest", "pull", "web")
    assert (pulled.code, "adopt" in pulled.err) == (0, False)
    assert "podwright.dev" not in (one_node.templates / "web.yaml.j2").read_text()
    answer = one_node.run("manifest", "push", "--dry-run", "-o", "json")
    assert json.loads(answer.out)["nodes"][0]["status"] == "unchanged", answer.err


def test_nodes_that_differ_in_values_share_a_template(one_node, node) -> None:
    inventory = "all: {hosts: {n1: {podwright_manifest_dir: %s}, n2: {podwright_manifest_dir: %s}}%s}\n"
    folders = node.folder, node.root / "manifests-2"
    folders[1].mkdir()
    for number, folder in enumerate(folders, 1):
        (folder / "api.yaml").write_text(
            pod_text("api").replace("sleep 1", f"serve --port=8{number} --on=n{number};")
        )
    one_node.inventory.write_text(inventory % (*folders, ""))
    answer = one_node.run("manifest", "pull", "api", "-o", "json")
    assert answer.code == 0, answer.err
    values = [one_node.inventory.parent / "host_vars" / name / "api.yml" for name in ("n1", "n2")]
    assert [str(path) for path in values] == [
        str(one_node.folder / file["path"]) for file in json.loads(answer.out)["files"] if file["node"]
    ]
    assert all(path.exists() for path in values)
    one_node.inventory.write_text(inventory % (*folders, ", vars: {static_pods: [api]}"))
    answer = one_node.run("manifest", "pull", "api", "-o", "json")
    assert {file["state"] for file in json.loads(answer.out)["files"]} == {"unchanged"}
    assert json.loads(answer.out)["inventory"] == ""
    for name, folder in zip(("n1", "n2"), folders, strict=True):
        rendered = one_node.run("manifest", "render", "-l", name, "--output-dir", "out")
        assert rendered.code == 0, rendered.err
        there = Manifest.parse(Workload("api"), (folder / "api.yaml").read_text())
        assert (
            Manifest.parse(Workload("api"), (one_node.folder / "out" / name / "api.yaml").read_text()).digest
            == there.digest
        )


def test_what_values_do_not_explain_is_shown(one_node, node) -> None:
    other = node.root / "manifests-2"
    other.mkdir()
    (node.folder / "api.yaml").write_text(pod_text("api"))
    (other / "api.yaml").write_text(pod_text("api", extra="  priority: 5\n"))
    one_node.inventory.write_text(
        f"all: {{hosts: {{n1: {{podwright_manifest_dir: {node.folder}}}, n2: {{podwright_manifest_dir: {other}}}}}}}\n"
    )
    answer = one_node.run("manifest", "pull", "api")
    assert answer.code == 1
    assert "+  priority: 5" in answer.out
    assert "n2: `api.yaml` differs from that of n1 in more than values" in answer.err
    assert not (one_node.templates / "api.yaml.j2").exists()


def test_a_template_is_not_overwritten_without_force(one_node, node) -> None:
    node.place(WEB)
    path = one_node.templates / "web.yaml.j2"
    before = path.read_text()
    answer = one_node.run("manifest", "pull", "web")
    assert (answer.code, path.read_text()) == (1, before)
    assert "is there already, with other content" in answer.err
    assert one_node.run("manifest", "pull", "web", "--force").code == 0
    assert path.read_text() != before
    assert "unchanged" in one_node.run("manifest", "pull", "web").out


def test_what_may_hold_a_secret_is_for_its_owner_only(one_node, node) -> None:
    text = pod_text("db", extra="").replace(
        "    resources:", "    env: [{name: DB_PASSWORD, value: hunter22}]\n    resources:"
    )
    (node.folder / "db.yaml").write_text(text)
    answer = one_node.run("manifest", "pull", "db")
    assert answer.code == 0, answer.err
    assert "may hold a secret" in answer.err
    assert "hunter22" not in answer.out + answer.err
    assert stat.S_IMODE((one_node.templates / "db.yaml.j2").stat().st_mode) == 0o600


def test_what_is_not_a_pod_is_told_and_nothing_is_written(one_node, node) -> None:
    (node.folder / "odd.yaml").write_text("kind: [Pod\n")
    answer = one_node.run("manifest", "pull", "odd")
    assert (answer.code, "`odd.yaml` is nothing that this kubelet runs" in answer.err) == (1, True)
    assert not (one_node.templates / "odd.yaml.j2").exists()
