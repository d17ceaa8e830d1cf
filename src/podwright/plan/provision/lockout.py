"""Which things of a node decide whether anybody can still log in there: a change of one is confirmed or taken back."""

from __future__ import annotations

import re

from podwright.plan.provision.item import Item, Kind

#: who is let in, and over which network
_PATH = re.compile(
    r"/etc/(ssh|dropbear|pam\.d|security|sudoers\.d|sssd|crypto-policies)(/.*)?"
    r"|/etc/(netplan|network|NetworkManager|wicked|dhcp|sysconfig/network(-scripts)?)(/.*)?"
    r"|/etc/systemd/(network|(networkd|resolved|logind)\.conf(\.d)?)(/.*)?"
    r"|/etc/(nftables(\.d)?|iptables|ufw|firewalld|fail2ban)(/.*)?|/etc/(sysconfig/)?nftables\.(conf|nft|rules)"
    r"|/etc/(sudoers|sudo\.conf|resolv\.conf|dhcpcd\.conf|hosts\.(allow|deny))"
    r"|/etc/(nsswitch|nslcd|nscd|ldap|krb5|pam|pam_ldap)\.conf"
    r"|/etc/(passwd|shadow|group|gshadow|shells|login\.defs|nologin|environment)|/(var/)?run/nologin"
    # and the folders above its keys: sshd trusts none that others may write
    r"|.*/\.ssh(/.*)?|.*/authorized_keys2?|/|/etc|/root|/home(/[^/]+)?"
)
_SERVICE = re.compile(
    r"sshd?(@.*)?|dropbear|networking|network|NetworkManager|network-manager|wicked(d.*)?|dhcpcd(@.*)?"
    r"|systemd-(networkd|resolved|logind)|wpa_supplicant(@.*)?|resolvconf"
    r"|nftables|ip6?tables|netfilter-persistent|ufw|firewalld|fail2ban|sssd(-.*)?|nslcd|nscd|winbind"
)
_PACKAGE = re.compile(
    r"openssh(-.*)?|dropbear(-.*)?|sudo(-.*)?|shadow|passwd|login|systemd"
    r"|nftables|ip6?tables(-.*)?|netfilter-persistent|ufw|firewalld|fail2ban"
    r"|sssd(-.*)?|nslcd|nscd|winbind|pam(-.*)?|lib(nss|pam)-.*"
    r"|network-manager|NetworkManager(-.*)?|networkmanager(-.*)?|ifupdown(2|-ng)?|netplan(\.io)?|wicked(-.*)?"
    r"|systemd-(networkd|network|resolved|pam)|dhcpcd5?(-base)?|isc-dhcp-client|dhcp-client"
    r"|wpa_?supplicant|resolvconf|openresolv|iproute2?"
)
_UNIT_SUFFIX = re.compile(r"\.(service|socket)\Z")
#: a unit, what is added to one, or what a service's program reads as its settings
_OF_SERVICE = re.compile(r"/etc/(systemd/system|init\.d|conf\.d|default|sysconfig)/([^/]+?)(\.d(/.*)?)?")


def may_lock_out(item: Item) -> bool:
    """Whether podwright itself might not get in again once the thing was changed."""
    match item.kind:
        case Kind.FILE | Kind.DIRECTORY | Kind.ORIGINAL:
            service = _OF_SERVICE.fullmatch(item.key)
            of_access = service is not None and _is_access(service[2])
            return of_access or _PATH.fullmatch(item.key) is not None
        case Kind.SERVICE:
            return _is_access(item.key)
        case Kind.PACKAGE:
            return _PACKAGE.fullmatch(item.key) is not None
        case Kind.USER:
            return True
    return False


def _is_access(unit: str) -> bool:
    return _SERVICE.fullmatch(_UNIT_SUFFIX.sub("", unit)) is not None
