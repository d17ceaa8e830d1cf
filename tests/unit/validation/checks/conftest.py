"""A pod from two snippets of YAML, and what the judge says to it."""

import pytest

from podwright.validation.judge import judge

GOOD = {"hostNetwork": "true", "enableServiceLinks": "false"}


@pytest.fixture
def verdict():
    """`verdict(spec, containers=…, metadata=…, version=…)`: snippets are YAML flow mappings without their braces."""

    def judged(spec="", *, container="", metadata="name: p", version="1.36"):
        extra = f", {container}" if container else ""
        good = [f"{name}: {value}" for name, value in GOOD.items() if f"{name}:" not in spec]
        body = ", ".join(part for part in (*good, spec) if part)
        containers = "" if "containers:" in spec else f", containers: [{{name: c, image: 'i:1'{extra}}}]"
        text = f"apiVersion: v1\nkind: Pod\nmetadata: {{{metadata}}}\nspec: {{{body}{containers}}}\n"
        return judge(text.encode(), file_name="p.yaml", kubernetes_version=version)

    return judged


@pytest.fixture
def errors(verdict):
    """The rules that a pod made of these snippets breaks, sorted; [] for one that both would take."""

    def broken(*snippets, **more):
        found = verdict(*snippets, **more).findings
        return sorted({finding.rule for finding in found if finding.severity == "error"})

    return broken


@pytest.fixture
def places(verdict):
    """`places(rule, …)`: the fields that break the rule, from `spec.containers[0]` or the pod on; none breaks another."""

    def broken(rule, *snippets, **more):
        found = [finding for finding in verdict(*snippets, **more).findings if finding.severity == "error"]
        assert {finding.rule for finding in found} <= {rule}
        return [finding.path.removeprefix("spec.containers[0].") for finding in found]

    return broken
