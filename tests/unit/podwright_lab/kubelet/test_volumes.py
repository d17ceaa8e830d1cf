import socket

import pytest

from podwright_lab.kubelet.volumes import mount_problem


def problem(**source):
    return mount_problem({"spec": {"volumes": [{"name": "v"} | source]}})


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "file").touch()
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(str(tmp_path / "socket"))
    return tmp_path


@pytest.mark.parametrize(
    ("name", "kind", "fits"),
    [
        ("", "Directory", True),
        ("file", "File", True),
        ("socket", "Socket", True),
        ("file", "Directory", False),
        ("", "File", False),
        ("missing", "Directory", False),
        ("missing", "DirectoryOrCreate", True),
        ("missing", "", True),
        ("file", "CharDevice", False),
        ("file", "BlockDevice", False),
    ],
)
def test_a_host_path_has_to_be_what_its_type_says(folder, name, kind, fits):
    told = problem(hostPath={"path": str(folder / name), "type": kind})
    assert (told == "") is fits
    assert "hostPath type check failed" in told or fits


def test_nothing_is_created_on_the_host(folder):
    problem(hostPath={"path": str(folder / "missing"), "type": "DirectoryOrCreate"})
    assert not (folder / "missing").exists()


def test_network_volumes_cannot_be_mounted():
    assert 'failed for volume "v"' in problem(nfs={"server": "s", "path": "/"})


@pytest.mark.parametrize(
    "source", [{"emptyDir": {}}, {"downwardAPI": {"items": []}}, {"image": {"reference": "x"}}]
)
def test_local_volumes_can(source):
    assert problem(**source) == ""


def test_a_pod_without_volumes_has_no_problem():
    assert mount_problem({"spec": {}}) == ""
