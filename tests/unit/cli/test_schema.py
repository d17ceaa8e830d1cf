"""The schemas that podwright ships fit what it prints, and leave no field out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.conftest import Site
from tests.fakes.kubelets import show_processes
from tests.fakes.nouns import manifest, pod_text
from tests.unit.operations.conftest import FakeNode

from podwright.cli.schema import KINDS

WEB = manifest()
DRIFT, STATUS = ("drift", "check"), ("manifest", "status")


def closed(schema: object) -> object:
    """The same schema, which allows no other fields."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: closed(value) for key, value in schema.items()}
    return {**made, "additionalProperties": False} if isinstance(schema.get("required"), list) else made


def validator_of(schema: dict):
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema)


def shipped(site: Site, kind: str) -> dict:
    schema = json.loads(site.run("schema", kind).out)
    validator_of(schema).check_schema(schema)
    return schema


def situations(site: Site, node: FakeNode) -> Iterator[str]:
    """One after the other: a file that is missing, pods that run, one that others wrote, an unknown node."""
    yield "missing"
    node.place(WEB)
    node.runs(WEB)
    (node.folder / "other.yaml").write_text(pod_text("other"))
    yield "running"
    node.mirrors.silent = "the API is down"
    site.inventory.write_text(
        "all: {hosts: {n1: {}}, vars: {static_pods: [web], podwright_waivers:"
        " [{drift: file-unmanaged, reason: soon, until: 9999-12-31}]}}\n"
    )
    yield "waived, and the API is silent"
    show_processes(node.host.proc, [])
    yield "no kubelet"
    (node.folder / "web.yaml").unlink()
    (node.folder / "other.yaml").unlink()
    yield "nothing at all"


@pytest.mark.parametrize("output", ["json", "jsonl"])
@pytest.mark.parametrize(("kind", "command"), [("DriftReport", DRIFT), ("ManifestStatus", STATUS)])
def test_what_is_printed_fits_and_every_field_is_described(
    one_node: Site, node: FakeNode, kind: str, command: tuple[str, ...], output: str
) -> None:
    validator = validator_of(closed(shipped(one_node, kind)))
    for situation in situations(one_node, node):
        document = json.loads(one_node.run(*command, "-o", output).out)
        assert document["kind"] == kind
        assert [error.message for error in validator.iter_errors(document)] == [], situation


def test_a_document_of_another_kind_does_not_fit(one_node: Site) -> None:
    document = json.loads(one_node.run(*STATUS, "-o", "json").out)
    assert not validator_of(shipped(one_node, "DriftReport")).is_valid(document)


def test_every_schema_is_named_by_its_kind(one_node: Site) -> None:
    assert {shipped(one_node, kind)["title"] for kind in KINDS} == set(KINDS)


def test_an_unknown_kind_is_told(one_node: Site) -> None:
    answer = one_node.run("schema", "Drift")
    assert (answer.code, "DriftReport" in answer.err) == (2, True)


def test_the_wheel_holds_them() -> None:
    """They lie in a package, all files of which the wheel takes."""
    root = Path(__file__).resolve().parents[3]
    assert sorted(path.stem for path in (root / "src/podwright/reports/schemas").iterdir()) == sorted(
        KINDS.values()
    )
