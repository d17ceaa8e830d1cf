"""Which things of a node decide whether anybody can still log in there: a change of one is confirmed or taken back."""

from __future__ import annotations

import re

from podwright.plan.provision.item import Item, Kind

#: who is let in, and over which network
_PATH = re.compile(
    r"/etc/(ssh|dropbear|pam\.d|sudoers\.d|netplan|network|systemd/network|NetworkManager|sysconfig/network-scripts)(/.*)?"
    r"|/etc/(sudoers|resolv\.conf|nsswitch\.conf|hosts\.(allow|deny))"
    r"|.*/\.ssh(/.*)?|.*/authorized_keys2?"
)
_SERVICE = re.compile(
    r"sshd?(@.*)?|dropbear|networking|network|NetworkManager|wicked|dhcpcd|systemd-(networkd|resolved)"
)
_PACKAGES = ("openssh-server", "openssh", "openssh-sftp-server", "dropbear", "sudo")
_UNIT_SUFFIX = re.compile(r"\.(service|socket)\Z")
_DROP_IN = re.compile(r"/etc/systemd/system/([^/]+)\.d(/.*)?")


def may_lock_out(item: Item) -> bool:
    """Whether podwright itself might not get in again once the thing was changed."""
    match item.kind:
        case Kind.FILE | Kind.DIRECTORY | Kind.ORIGINAL:
            drop_in = _DROP_IN.fullmatch(item.key)
            return _is_access(drop_in[1]) if drop_in else _PATH.fullmatch(item.key) is not None
        case Kind.SERVICE:
            return _is_access(item.key)
        case Kind.PACKAGE:
            return item.key in _PACKAGES
        case Kind.USER:
            return True
    return False


def _is_access(unit: str) -> bool:
    return _SERVICE.fullmatch(_UNIT_SUFFIX.sub("", unit)) is not None
