"""The judge agrees with real kubelets of five older versions on every manifest that was recorded."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.unit.validation.test_recorded_verdicts import KUBELET, MIRROR, RIG, content

from podwright.validation.judge import judge

TABLE = Path(__file__).parents[2] / "recorded/verdicts/versions.tsv"


def rows() -> list[dict[str, str]]:
    with TABLE.open(newline="") as table:
        return list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_the_judge_agrees_with_every_verdict_of_an_older_kubelet(record_property) -> None:
    table = rows()
    wrong = []
    for row in table:
        data, name = content(row["manifest"])
        verdict = judge(data, file_name=name, node_name="n3", kubernetes_version=row["kubelet"], known=RIG)
        if (verdict.kubelet, verdict.mirror) != (KUBELET[row["accepted"]], MIRROR[row["mirror"]]):
            wrong.append((row["manifest"], row["kubelet"], row["message"], verdict.kubelet, verdict.mirror))
    agree = f"{len(table) - len(wrong)}/{len(table)} agree"
    record_property("summary", f"recorded verdicts of Kubernetes 1.31 to 1.35, knowing the node: {agree}")
    assert wrong == []


def test_from_the_file_alone_an_older_kubelet_is_never_misjudged_and_the_mirror_only_left_open() -> None:
    wrong = []
    for row in rows():
        data, name = content(row["manifest"])
        verdict = judge(data, file_name=name, kubernetes_version=row["kubelet"])
        if verdict.kubelet != KUBELET[row["accepted"]] or verdict.mirror not in (
            "unknown",
            MIRROR[row["mirror"]],
        ):
            wrong.append((row["manifest"], row["kubelet"], row["message"], verdict.kubelet, verdict.mirror))
    assert wrong == []
