"""The lab's certificates are its own, kept while they are good, and their key is secret."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest

from podwright_lab.api.certificates import certificates_in


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "deep" / "api"


def contents(found):
    return found.authority.read_bytes(), found.certificate.read_bytes(), found.key.read_bytes()


def test_they_are_made_once_and_kept(directory):
    first = contents(certificates_in(directory, "127.0.0.1"))
    assert contents(certificates_in(directory, "127.0.0.1")) == first


def test_only_the_owner_reads_the_key_and_nothing_else_lies_about(directory):
    found = certificates_in(directory, "127.0.0.1")
    assert found.key.stat().st_mode & 0o777 == 0o600
    assert directory.stat().st_mode & 0o777 == 0o700
    assert sorted(path.name for path in directory.iterdir()) == ["apiserver.crt", "apiserver.key", "ca.crt"]


@pytest.mark.parametrize("name", ["ca.crt", "apiserver.crt", "apiserver.key"])
def test_they_are_made_anew_when_one_is_missing_or_broken(directory, name):
    first = contents(certificates_in(directory, "127.0.0.1"))
    (directory / name).unlink()
    second = contents(certificates_in(directory, "127.0.0.1"))
    assert second != first
    (directory / "apiserver.crt").write_text("nonsense")
    assert contents(certificates_in(directory, "127.0.0.1")) != second


def test_they_are_made_anew_for_another_host_and_before_they_run_out(directory):
    first = contents(certificates_in(directory, "127.0.0.1"))
    other = contents(certificates_in(directory, "lab.example"))
    assert other != first
    assert contents(certificates_in(directory, "lab.example")) == other
    later = datetime.now(UTC) + timedelta(days=360)
    assert contents(certificates_in(directory, "lab.example", now=later)) != other


def test_the_server_side_takes_nothing_older_than_tls_1_2(directory):
    assert certificates_in(directory, "::1").server_context().minimum_version == ssl.TLSVersion.TLSv1_2
