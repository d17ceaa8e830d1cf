"""A bad manifest must not go from node to node: on a control plane the first failure leaves the others as they are."""

from __future__ import annotations

from tests.acceptance.conftest import NAME, TEMPLATE, Site


def test_a_manifest_that_fails_on_the_first_node_is_not_begun_on_the_others_and_the_rest_goes_on_later(
    site: Site,
) -> None:
    names = [node.name for node in site.nodes]
    assert site.podwright("manifest", "push", "--only", NAME, "-y", "--all-at-once").code == 0
    before = site.statuses()

    template = site.folder / "templates" / "manifests" / f"{NAME}.yaml.j2"
    template.write_text(TEMPLATE.replace("trap 'exit 0' TERM; while", "exit 3; while"))
    bad = site.podwright("manifest", "push", "--only", NAME, "-y", "-o", "json", "--batch", "1")
    assert bad.code == 1
    statuses = {node["node"]: node["status"] for node in bad.document["nodes"]}
    assert statuses == dict(zip(names, ["failed", *["not-begun"] * (len(names) - 1)], strict=True))
    assert "not begun: 1 node failed before it" in bad.err
    after = site.statuses()
    assert {name: after[name]["uid"] for name in names[1:]} == {
        name: before[name]["uid"] for name in names[1:]
    }

    template.write_text(TEMPLATE)
    site.greet("again")
    again = site.podwright(
        "manifest",
        "push",
        "--only",
        NAME,
        "-y",
        "-o",
        "json",
        "-l",
        "@failed",
        "-l",
        "@unreached",
        "--soak",
        "1s",
    )
    assert again.code == 0, again.err
    assert {node["status"] for node in again.document["nodes"]} == {"changed"}
