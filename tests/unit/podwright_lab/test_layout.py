import subprocess

import pytest
import yaml

from podwright_lab.layout import LabLayout, node_names, write_connections, write_site


@pytest.mark.parametrize(
    ("count", "names"),
    [
        (1, ("cp-1",)),
        (3, ("cp-1", "cp-2", "cp-3")),
        (5, ("cp-1", "cp-2", "cp-3", "worker-1", "worker-2")),
    ],
)
def test_the_first_three_nodes_are_a_control_plane(count, names):
    assert node_names(count) == names


def test_the_inventory_says_nothing_that_only_podwright_would_know(tmp_path):
    layout = LabLayout(tmp_path)
    write_connections(
        layout, "me", {"cp-1": 1001, "worker-1": 1002}, {"cp-1": "ssh-ed25519 A", "worker-1": "ssh-ed25519 B"}
    )
    assert yaml.safe_load((tmp_path / "inventory/hosts.yaml").read_text()) == {
        "all": {
            "vars": {
                "ansible_host": "127.0.0.1",
                "ansible_user": "me",
                "ansible_ssh_private_key_file": f"{tmp_path}/id_ed25519",
            },
            "children": {
                "control_plane": {"hosts": {"cp-1": {"ansible_port": 1001}}},
                "workers": {"hosts": {"worker-1": {"ansible_port": 1002}}},
            },
        }
    }
    assert (
        tmp_path / "known_hosts"
    ).read_text() == "[127.0.0.1]:1001 ssh-ed25519 A\n[127.0.0.1]:1002 ssh-ed25519 B\n"


def test_groups_without_nodes_are_left_out(tmp_path):
    write_connections(LabLayout(tmp_path), "me", {"cp-1": 1}, {"cp-1": "ssh-ed25519 A"})
    assert list(yaml.safe_load((tmp_path / "inventory/hosts.yaml").read_text())["all"]["children"]) == [
        "control_plane"
    ]


def test_openssh_reads_the_ssh_config_even_in_a_folder_with_spaces(tmp_path):
    layout = LabLayout(tmp_path / "my lab")
    write_connections(layout, "me", {"cp-1": 1001}, {"cp-1": "ssh-ed25519 A"})
    said = subprocess.run(
        ["ssh", "-G", "-F", layout.ssh_config, "cp-1"], capture_output=True, text=True, check=True
    )
    settings = dict(line.split(" ", 1) for line in said.stdout.splitlines())
    assert (settings["hostname"], settings["port"], settings["user"]) == ("127.0.0.1", "1001", "me")
    assert settings["identityfile"] == str(layout.key_file)
    assert settings["userknownhostsfile"] == str(layout.known_hosts)


def test_a_persons_edits_of_the_example_site_stay(tmp_path):
    layout = LabLayout(tmp_path)
    write_site(layout)
    template = layout.templates / "manifests/hello.yaml.j2"
    shipped = template.read_text()
    template.write_text("mine")
    (layout.inventory / "group_vars/all.yaml").unlink()
    write_site(layout)
    assert template.read_text() == "mine"
    assert (layout.inventory / "group_vars/all.yaml").exists()
    assert "kind: Pod" in shipped


def test_what_a_killed_lab_left_broken_is_sound_again(tmp_path):
    node = LabLayout(tmp_path).node("cp-1")
    node.create()
    node.manifest_dir.chmod(0o555)
    node.shell_prelude.write_text("exit 1")
    (node.bin_dir / "date").write_text("")
    node.create()
    assert node.manifest_dir.stat().st_mode & 0o777 == 0o755
    assert not node.shell_prelude.exists()
    assert not (node.bin_dir / "date").exists()


def test_every_path_of_a_node_lies_below_its_root(tmp_path):
    node = LabLayout(tmp_path).node("cp-1")
    for path in (node.manifest_dir, node.bin_dir, node.host_key, node.shell_prelude):
        assert path.is_relative_to(tmp_path / "nodes/cp-1")
