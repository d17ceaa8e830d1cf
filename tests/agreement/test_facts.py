"""Facts under Ansible's names have Ansible's values, on this very machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.fakes.shell_host import SHELLS, ShellHost, fill_bin

from podwright.plan.fact_values import for_templates
from podwright.remote.node.observe import Part, observe

#: a container hides its init system, its virtualization and its firmware in ways of its own; and of Debian alone Ansible
#: takes the version from /etc/debian_version, which has the point release
NOT_COMPARED = {
    "service_mgr", "virtualization_type", "virtualization_role", "product_uuid", "dns", "apparmor",
    "distribution_version",
}  # fmt: skip


def ansible_says(folder: Path) -> dict[str, object]:
    interpreter = f"ansible_python_interpreter={sys.executable}"
    done = subprocess.run(
        ["ansible", "-i", "localhost,", "-c", "local", "-m", "setup", "-e", interpreter, "all"],
        env={
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    answer = json.loads(done.stdout.partition("=>")[2])["ansible_facts"]
    return {name.removeprefix("ansible_"): value for name, value in answer.items()}


def test_what_ansible_calls_the_same_is_the_same(tmp_path: Path) -> None:
    host = ShellHost(SHELLS["dash"], fill_bin(tmp_path / "bin", "dash"))
    facts = observe("n1", host, parts=(Part.FACTS, Part.OPTIONS, Part.MACHINE)).machine
    ours, theirs = for_templates(facts)["ansible_facts"], ansible_says(tmp_path)
    compared = {name: value for name, value in ours.items() if name not in NOT_COMPARED}
    assert len(compared) >= 12
    # of the interface Ansible has more
    theirs["default_ipv4"] = {
        name: theirs["default_ipv4"].get(name) for name in compared.get("default_ipv4", {})
    }
    assert {name: theirs.get(name) for name in compared} == compared
    # what is not compared has a name that Ansible has, too
    assert set(ours) <= set(theirs)
