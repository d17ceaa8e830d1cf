"""The recorded trials and starts of kubelets with variants of their configuration."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from podwright.validation.kubelet.document import ConfigFiles, DropIn
from podwright.validation.kubelet.judge import judge_config
from podwright.validation.kubelet.verdict import ConfigVerdict, Host

RECORDED = Path(__file__).parents[1] / "recorded" / "kubelet-config"
#: variants whose drop-in folder was not there
_WITHOUT_FOLDER = "dropin-folder-missing"
#: lines that the recording machine needs, added where a variant does not set the field
_NEEDED = {
    "failCgroupV1": "failCgroupV1: false\n",
    "failSwapOn": "failSwapOn: false\n",
    "authentication": "authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}\n",
    "authorization": "authorization: {mode: AlwaysAllow}\n",
    "containerRuntimeEndpoint": "containerRuntimeEndpoint: unix:///nowhere/containerd.sock\n",
}
#: those that a start beside the machine's real runtime needed too
_NEEDED_TO_START = {
    "cgroupsPerQOS": "cgroupsPerQOS: false\n",
    "enforceNodeAllocatable": "enforceNodeAllocatable: []\n",
}
_AS_THEY_ARE = ("empty", "comments-only", "json", "two-documents", "not-yaml")
_PATH = re.compile(rb"/nowhere/[a-z./]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One kubelet with one variant; `outcome` is good or bad of a trial, runs or ends of a start."""

    config: str
    minor: int
    outcome: str

    @property
    def judged(self) -> str:
        if self.outcome in ("good", "bad"):
            return "good" if judge(self.config, self.minor).passes_trial else "bad"
        return "runs" if judge(self.config, self.minor, _NEEDED | _NEEDED_TO_START).starts else "ends"


def rows() -> tuple[Row, ...]:
    return tuple(
        Row(row["config"], int(row["kubelet"].removeprefix("1.")), _outcome(row))
        for name in ("trials.tsv", "starts.tsv")
        for row in csv.DictReader(
            (RECORDED / name).read_text().splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE
        )
    )


def _outcome(row: dict[str, str]) -> str:
    # what runs without answering its health check runs
    return row.get("verdict") or row["start"].partition(",")[0]


def judge(config: str, minor: int, needed: Mapping[str, str] = _NEEDED) -> ConfigVerdict:
    files = _files(config, needed)
    contents = b"".join([files.main or b"", *(drop_in.content for drop_in in files.drop_ins or ())])
    missing = frozenset(path.decode() for path in _PATH.findall(contents))
    return judge_config(files, minor, Host(cgroup_v1=True, swap=False, kubeconfig=False, missing=missing))


def _files(config: str, needed: Mapping[str, str]) -> ConfigFiles:
    folder = RECORDED / "configs" / config
    if config == _WITHOUT_FOLDER:
        return ConfigFiles(_main("minimal", needed), None, folder_missing=True)
    if not folder.is_dir():
        return ConfigFiles(_main(config, needed))
    files = (path for path in folder.rglob("*") if path.is_file())
    drop_ins = (DropIn(str(path.relative_to(folder)), path.read_bytes()) for path in files)
    return ConfigFiles(_main("minimal", needed), tuple(drop_ins))


def _main(config: str, needed: Mapping[str, str]) -> bytes:
    content = (RECORDED / "configs" / f"{config}.yaml").read_bytes()
    if config in _AS_THEY_ARE:
        return content
    lines = (
        line for field, line in needed.items() if not re.search(rb"^%s:" % field.encode(), content, re.M)
    )
    return content + "".join(lines).encode()
