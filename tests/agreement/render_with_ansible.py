"""Renders templates as ansible-core's template module does: a program of its own, since importing Ansible changes jinja2.

Reads `{inventory, folder, host, templates}` as JSON from standard input and writes each template's text, or its error.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ansible import context
from ansible.inventory.manager import InventoryManager
from ansible.module_utils.common.collections import ImmutableDict
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from ansible.template import Templar, trust_as_template
from ansible.vars.hostvars import HostVars
from ansible.vars.manager import VariableManager


def main() -> None:
    asked = json.load(sys.stdin)
    context.CLIARGS = ImmutableDict(extra_vars=(), module_path=None, connection="local")
    init_plugin_loader([])
    folder = Path(asked["folder"])
    loader = DataLoader()
    loader.set_basedir(str(folder.parent))
    inventory = InventoryManager(loader, sources=[asked["inventory"]])
    manager = VariableManager(loader=loader, inventory=inventory)
    HostVars(inventory=inventory, variable_manager=manager, loader=loader)
    names = manager.get_vars(host=inventory.get_host(asked["host"]))
    names |= {
        "role_path": str(folder.parent),
        "playbook_dir": str(folder.parent),
        "ansible_managed": "Ansible managed",
    }
    names |= {"ansible_play_hosts": inventory.list_hosts() and [host.name for host in inventory.list_hosts()]}
    names["vars"] = dict(names)
    search = [str(folder.parent / "templates"), str(folder.parent), str(folder / "templates"), str(folder)]
    texts = {}
    for name in asked["templates"]:
        templar = Templar(loader, names).copy_with_new_env(searchpath=search, available_variables=names)
        source = trust_as_template((folder / name).read_bytes().decode())
        options = {"trim_blocks": True, "lstrip_blocks": False, "newline_sequence": "\n"}
        try:
            text = templar.template(source, escape_backslashes=False, overrides=options)
            texts[name] = {"text": "" if text is None else str(text)}
        except Exception as error:
            texts[name] = {"error": f"{type(error).__name__}: {error}"}
    json.dump(texts, sys.stdout)


if __name__ == "__main__":
    main()
