"""SELinux labels: read where SELinux is on, and only there; what is not told is not known."""

from __future__ import annotations

import pytest
from tests.fakes.selinux import BAD, GOOD
from tests.fakes.shell_host import stand_in

from podwright.plan.selinux_labels import FileLabel
from podwright.remote.node import selinux_labels as node_labels
from podwright.remote.node.observe import Part, observe
from podwright.remote.node.records import Record
from podwright.remote.node.selinux_labels import parse_labels


def labels(node) -> tuple[FileLabel, ...]:
    return observe("n1", node.host, folder=str(node.folder), parts=(Part.FILES, Part.LABELS)).labels


def tell(node, label: str, *, policy: str = "") -> None:
    """What `stat` tells of each file, and of the folder GOOD; and what the policy wants."""
    of_each = (
        f'for path; do case $path in *.yaml) echo "{label} $path" ;; *) echo "{GOOD} $path" ;; esac; done'
    )
    stand_in(
        node.host.bin,
        "stat",
        f'case $2 in *%C*) shift 3; {of_each} ;; *) exec /usr/bin/stat "$@" ;; esac',
    )
    if policy:
        stand_in(
            node.host.bin, "matchpathcon", f'shift; for path; do printf "%s\\t{policy}\\n" "$path"; done'
        )


@pytest.mark.parametrize(
    ("label", "policy", "wanted", "wrong"),
    [
        (BAD, GOOD, GOOD, True),
        (GOOD.replace("system_u", "unconfined_u"), GOOD, GOOD, False),
        (BAD, "", GOOD, True),
        (BAD, "<<none>>", BAD, False),
        ("C", GOOD, GOOD, False),
        ("?", "", GOOD, False),
    ],
)
def test_the_type_of_a_label_is_compared_with_the_policys(
    node, monkeypatch, label, policy, wanted, wrong
) -> None:
    monkeypatch.setattr(node_labels, "SELINUX", str(node.root))
    (node.folder / "a b.yaml").write_text("x")
    tell(node, label, policy=policy)
    [found] = labels(node)
    assert (found.name, found.wanted, found.wrong) == ("a b.yaml", wanted, wrong)
    assert found.label == (label if ":" in label else "")


def test_without_selinux_nothing_is_started(node) -> None:
    (node.folder / "a.yaml").write_text("x")
    stand_in(node.host.bin, "matchpathcon", f"touch {node.root}/started")
    assert labels(node) == ()
    assert not (node.root / "started").exists()


def test_a_hostile_label_is_not_known() -> None:
    lines = f"{GOOD} /m\n{'x' * 400}:a:b /m/a\n\x1b[31m:r:t /m/b\n".encode()
    found = parse_labels({"labels": Record("labels", "/m", lines)})
    assert [(one.name, one.label, one.wrong) for one in found] == [("a", "", False), ("b", "", False)]
