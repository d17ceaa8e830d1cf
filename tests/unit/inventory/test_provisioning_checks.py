from __future__ import annotations

from datetime import date

import pytest
import yaml

from podwright.inventory.provisioning_checks import declaration_faults

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
            "`podwright_node.files./etc/a.mode` is not an octal mode in quotes, such as `'0644'`",
        ),
        (
            "files: {/etc/a: {}}",
            "`podwright_node.files./etc/a` takes one of `content`, `template` and `source`, and has none",
        ),
        (
            "files: {/etc/a: {content: x, source: y}}",
            "`podwright_node.files./etc/a` takes one of `content`, `template` and `source`, and has `content` and `source`",
        ),
        (
            "files: {/etc/a: {state: absent, content: x}}",
            "`podwright_node.files./etc/a` takes no text, as it is to be absent",
        ),
        ("files: {etc/a: absent}", "`podwright_node.files.etc/a` is not an absolute path"),
        ("files: {1: absent}", "`podwright_node.files[1]` is not an absolute path"),
        ("services: {1: {enabled: true}}", "`podwright_node.services[1]` is not the name of a service"),
        ("files: {/etc/../a: absent}", "`podwright_node.files./etc/../a` is not an absolute path"),
        ("directories: {/etc/: }", "`podwright_node.directories./etc/` is not an absolute path"),
        (
            "sysctls: {swappiness: 1}",
            "`podwright_node.sysctls.swappiness` is not the name of a sysctl, such as `net.ipv4.ip_forward`",
        ),
        ("modules: ['-r']", "`podwright_node.modules[0]` is not the name of a kernel module"),
        ("packages: ['-o']", "`podwright_node.packages.-o` is not the name of a package"),
        ("packages: [a b]", "`podwright_node.packages.a b` is not the name of a package"),
        ("packages: {a: {version: '1 -o x=y'}}", "`podwright_node.packages.a.version` is not a version"),
        ("packages: {a: {state: absent, hold: true}}", "`podwright_node.packages.a` takes nothing else"),
        ("users: {a.b: {}}", "`podwright_node.users.a.b` is not a login (at most 32"),
        ("users: {'-o': {}}", "`podwright_node.users.-o` is not a login (at most 32"),
        (
            f'users: {{a: {{keys: ["{KEY}\\n{KEY}"]}}}}',
            "`podwright_node.users.a.keys[0]` is not a public key of one line",
        ),
        (
            "users: {a: {keys: ['command=x']}}",
            "`podwright_node.users.a.keys[0]` is not a public key of one line",
        ),
        ("users: {a: {shell: sh -c}}", "`podwright_node.users.a.shell` is not the path of a shell"),
        ("users: {a: {password: x}}", "`podwright_node.users.a.password` is not known"),
        ("users: {a: {state: absent, sudo: true}}", "`podwright_node.users.a` takes nothing else"),
        ("time: {sync: false}", "`podwright_node.time.sync` is not true"),
        ("time: {servers: ['a b']}", "`podwright_node.time.servers[0]` is not a host name or an address"),
        (
            "files: {/etc/a: {content: x, mode: '999'}}",
            "`podwright_node.files./etc/a.mode` is not an octal mode in quotes, such as `'0644'`",
        ),
        ("files: {//etc/a: absent}", "`podwright_node.files.//etc/a` is not an absolute path without"),
        ("files: {/./a: absent}", "`podwright_node.files././a` is not an absolute path without"),
        ("directories: {/etc/a: 5}", "`podwright_node.directories./etc/a` is not `present`, `absent` or a"),
        ("sysctls: {net.ipv4;ip: 1}", "`podwright_node.sysctls.net.ipv4;ip` is not the name of a sysctl"),
        (
            "sysctls: {vm.swappiness: 300}",
            "`podwright_node.sysctls.vm.swappiness` takes a number from 0 to 200",
        ),
        ("sysctls: {a.b: [1]}", "`podwright_node.sysctls.a.b` is not a number or a text of one line"),
        ("sysctls: [a.b]", "`podwright_node.sysctls` is not a mapping of names of sysctls to values"),
        ("users: {a: {groups: ['-']}}", "`podwright_node.users.a.groups[0]` is not the name of a group"),
        ("packages: {a: {hold: 1}}", "`podwright_node.packages.a.hold` is not true or false"),
        ("kubelet: {settings: {1: 2}}", "`podwright_node.kubelet.settings[1]` is not a mapping of fields"),
        (
            "services: {a: {restart_for: /etc/a}}",
            "`podwright_node.services.a.restart_for` is not a list of absolute paths",
        ),
        (
            "services: {a: {restart_for: [etc/a]}}",
            "`podwright_node.services.a.restart_for[0]` is not an absolute path",
        ),
        (
            "files: {'/etc/{{ a }}': absent}",
            "`podwright_node.files./etc/{{ a }}` is a name, and no expression is evaluated there",
        ),
        (
            "users: {'{{ a }}': absent}",
            "`podwright_node.users.{{ a }}` is a name, and no expression is evaluated there",
        ),
        ("kubelet: {settings: {a: {'{% b %}': 1}}}", "`podwright_node.kubelet.settings.a.{% b %}` is a name"),
        ("swap: on", "`podwright_node.swap` is not `off`"),
        ("services: {a: {started: 1}}", "`podwright_node.services.a.started` is not true or false"),
    ],
)
def test_what_is_wrong_is_said(text: str, message: str) -> None:
    [fault] = declaration_faults(read(text))
    assert fault.message.startswith(message)


def test_what_is_like_no_setting_gets_those_that_there_are() -> None:
    [fault] = declaration_faults(read("directories: {/srv/x: {modus: '0755'}}"))
    assert fault.hint == "there are `state`, `mode`, `owner`, `group`, `label`"


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("files: {1: {content: y}, null: 3}", {("files", 1), ("files", None)}),
        ("{1: 2, null: 3, 1.5: 2}", {(1,), (None,), (1.5,)}),
        ("users: {a: {null: 1, 1: 2}}", {("users", "a", None), ("users", "a", 1)}),
        (
            "kubelet: {settings: {null: 1, 2026-01-01: 2}}",
            {("kubelet", "settings", None), ("kubelet", "settings", date(2026, 1, 1))},
        ),
    ],
)
def test_names_that_are_no_texts_are_told_side_by_side(text: str, paths: set[tuple[object, ...]]) -> None:
    assert {fault.path for fault in declaration_faults(read(text))} == paths
