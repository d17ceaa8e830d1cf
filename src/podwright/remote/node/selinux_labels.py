"""Reads what selinux_labels.sh reports: the SELinux labels of manifest files, and what they should be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from podwright.plan.selinux_labels import FileLabel
from podwright.remote.node.records import Record

#: what is there if SELinux is on
SELINUX = "/sys/fs/selinux/enforce"
#: user, role, type and, where the policy has levels, those
_LABEL = re.compile(r"[A-Za-z0-9_.-]+:[A-Za-z0-9_.-]+:[A-Za-z0-9_.-]+(?::[A-Za-z0-9_.,:-]+)?")
MAX_LABEL = 300
#: what matchpathcon prints if the policy wants none
_ANY = "<<none>>"


def parse_labels(last: Mapping[str, Record]) -> Iterator[FileLabel]:
    """Of the last record of each kind; a file whose label the node did not tell has an empty one.

    If the policy could not be asked, a file should have the label of its folder, which it gets when it is made there.
    """
    if "labels" not in last:
        return
    folder = last["labels"].words
    found = dict(_pairs(last["labels"], " ", label_first=True))
    policy = last.get("labels-wanted")
    wanted = dict(_pairs(policy, "\t", label_first=False)) if policy else {}
    of_folder = "" if wanted else found.get(folder, "")
    for path, label in found.items():
        if path != folder:
            should = wanted.get(path, of_folder)
            yield FileLabel(path.removeprefix(f"{folder}/"), label, label if should == _ANY else should)


def _pairs(record: Record, between: str, *, label_first: bool) -> Iterator[tuple[str, str]]:
    for line in record.body.decode("utf-8", "surrogateescape").splitlines():
        one, _, other = line.partition(between) if label_first else line.rpartition(between)
        label, path = (one, other) if label_first else (other, one)
        known = label == _ANY or (len(label) <= MAX_LABEL and _LABEL.fullmatch(label))
        yield path, label if known else ""
