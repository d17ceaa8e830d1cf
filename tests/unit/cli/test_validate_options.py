"""`manifest validate`: what it takes."""

from __future__ import annotations

import pytest
from tests.cli.conftest import Site
from tests.fakes.nouns import pod_text

from podwright.cli.site_options import SiteOptions
from podwright.cli.validate_options import ValidateOptions
from podwright.validation.versions import DEFAULT_VERSION


@pytest.fixture
def files(site: Site) -> Site:
    (site.folder / "good.yaml").write_text(pod_text())
    return site


def test_nothing_given_is_the_site_for_the_default_version() -> None:
    given = ValidateOptions(SiteOptions())
    assert (given.files, given.more_files, given.kubernetes_version) == ((), (), DEFAULT_VERSION)


def test_a_node_name_becomes_part_of_the_pods(files: Site) -> None:
    named = files.run("manifest", "validate", "good.yaml", "--node-name", "n" * 250)
    assert named.code == 1
    assert files.run("manifest", "validate", "good.yaml", "--node-name", "n1").code == 0


def test_the_version_decides(files: Site) -> None:
    assert files.run("manifest", "validate", "good.yaml", "--kubernetes-version", "1.33").code == 0
    answer = files.run("manifest", "validate", "good.yaml", "--kubernetes-version", "one")
    assert answer.code == 2
    assert "`one` is not a version such as 1.36" in answer.err
