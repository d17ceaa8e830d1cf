from __future__ import annotations

import pytest
import yaml

from podwright.inventory.provisioning_checks import declaration_problems

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJViirDy7etD2XryA"


def read(text: str) -> object:
    return yaml.safe_load(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "`podwright_node` is a mapping of"),
        ("sysctl: {}", "`podwright_node.sysctl` is not known"),
        ("files: {/etc/a: {content: x, mdoe: '0644'}}", "`podwright_node.files./etc/a.mdoe` is not known"),
        (
            "files: {/etc/a: {content: x, mode: 644}}",
            "`podwright_node.files./etc/a.mode` is not a mode in quotes, such as `'0644'`",
        ),
        (
            "files: {/etc/a: {}}",
            "`podwright_node.files./etc/a` takes one of `content`, `template` and `source`",
        ),
        (
            "files: {/etc/a: {state: absent, content: x}}",
            "`podwright_node.files./etc/a` takes no text, as it is to be absent",
        ),
        ("files: {etc/a: absent}", "`podwright_node.files.etc/a` is not a mapping of absolute paths"),
        ("files: {/etc/../a: absent}", "`podwright_node.files./etc/../a` is not a mapping of absolute paths"),
        ("directories: {/etc/: }", "`podwright_node.directories./etc/` is not a mapping of absolute paths"),
        ("sysctls: {swappiness: 1}", "`podwright_node.sysctls.swappiness` is not a mapping of sysctls"),
        ("modules: ['-r']", "`podwright_node.modules[0]` is not a list of names of kernel modules"),
        ("packages: ['-o']", "`podwright_node.packages.-o` is not a mapping or a list of names of packages"),
        ("packages: [a b]", "`podwright_node.packages.a b` is not a mapping or a list of names of packages"),
        ("packages: {a: {version: '1 -o x=y'}}", "`podwright_node.packages.a.version` is not a version"),
        ("packages: {a: {state: absent, hold: true}}", "`podwright_node.packages.a` takes nothing else"),
        ("users: {a.b: {}}", "`podwright_node.users.a.b` is not a mapping of logins"),
        ("users: {'-o': {}}", "`podwright_node.users.-o` is not a mapping of logins"),
        (
            f'users: {{a: {{keys: ["{KEY}\\n{KEY}"]}}}}',
            "`podwright_node.users.a.keys[0]` is not a list of public",
        ),
        (
            "users: {a: {keys: ['command=x']}}",
            "`podwright_node.users.a.keys[0]` is not a list of public keys",
        ),
        ("users: {a: {shell: sh -c}}", "`podwright_node.users.a.shell` is not the path of a shell"),
        ("users: {a: {password: x}}", "`podwright_node.users.a.password` is not known"),
        ("users: {a: {state: absent, sudo: true}}", "`podwright_node.users.a` takes nothing else"),
        ("time: {sync: false}", "`podwright_node.time.sync` is not true"),
        ("time: {servers: ['a b']}", "`podwright_node.time.servers[0]` is not a list of at most 16"),
        ("swap: on", "`podwright_node.swap` is not `off`"),
        ("services: {a: {started: 1}}", "`podwright_node.services.a.started` is not true or false"),
    ],
)
def test_what_is_wrong_is_said(text: str, message: str) -> None:
    [problem] = declaration_problems(read(text))
    assert problem.message.startswith(message)
