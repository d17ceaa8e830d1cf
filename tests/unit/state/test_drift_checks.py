"""Earlier drift checks: what was written is read, and nothing else."""

from __future__ import annotations

import json
import os

import pytest

from podwright.plan.drift_history import Before, NodeBefore, Scope, Seen
from podwright.state import drift_checks
from podwright.state.drift_checks import keep_check, last_check_file, read_check

SEEN = {
    "drift": "file-missing",
    "subject": "a.yaml",
    "detail": "gone",
    "firstSeen": "1970-01-01T00:00:10Z",
    "reported": True,
}
NODE = {
    "node": "n1",
    "findings": [SEEN],
    "excused": [],
    "unconfirmed": [{**SEEN, "subject": "b.yaml", "reported": False}],
    "unchecked": [{}],
    "containers": [{"uid": "u1", "name": "main", "restarts": 2}],
}
DOCUMENT = {
    "kind": "DriftReport",
    "checkedAt": "1970-01-01T00:01:00Z",
    "scope": {"only": ["web"], "ignored": [], "waitFor": "file", "api": False},
    "nodes": [NODE],
}


def test_a_report_is_what_was_found_of_each_node(tmp_path):
    path = tmp_path / "x.json"
    path.write_text(json.dumps(DOCUMENT))
    seen = (Seen("file-missing", "a.yaml", "gone", 10), Seen("file-missing", "b.yaml", "gone", 10, False))
    assert read_check(path) == Before(
        60, Scope(("web",), (), "file", False), {"n1": NodeBefore(seen, True, {("u1", "main"): 2})}
    )


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {**DOCUMENT, "kind": "PushReport"},
        {**DOCUMENT, "checkedAt": 3},
        {**DOCUMENT, "checkedAt": "yesterday"},
        {**DOCUMENT, "nodes": {}},
        {**DOCUMENT, "nodes": [{**NODE, "containers": [{"uid": "u", "name": "m", "restarts": True}]}]},
        {**DOCUMENT, "nodes": [{**NODE, "findings": [{**SEEN, "detail": None}]}]},
    ],
)
def test_anything_else_is_refused(tmp_path, document):
    path = tmp_path / "x.json"
    path.write_text(json.dumps(document))
    with pytest.raises(ValueError):
        read_check(path)


def test_it_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(drift_checks, "MAX_BYTES", 10)
    (tmp_path / "x.json").write_text(json.dumps(DOCUMENT))
    with pytest.raises(ValueError, match="MiB"):
        read_check(tmp_path / "x.json")


def test_each_check_has_its_own_file_and_the_oldest_go(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(drift_checks, "MAX_KEPT", 2)
    files = [last_check_file(tmp_path, ("site", name)) for name in ("a", "b", "c")]
    for number, file in enumerate(files):
        keep_check(file, "{}")
        os.utime(file, (number, number))
    assert len(set(files)) == 3
    keep_check(files[2], "{}")
    assert sorted(files[0].parent.iterdir()) == sorted(files[1:])
    assert files[2].stat().st_mode & 0o777 == 0o600
