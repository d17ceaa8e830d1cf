"""Judges a kubelet's configuration for a version: would a trial without a runtime pass, and would the kubelet start?"""

from __future__ import annotations

from podwright.validation.kubelet.checks import check
from podwright.validation.kubelet.document import ConfigFiles, read
from podwright.validation.kubelet.late_checks import check_late
from podwright.validation.kubelet.verdict import ConfigVerdict, Found, Host
from podwright.validation.kubelet.warnings import warn

NOTHING_KNOWN = Host()


def judge_config(files: ConfigFiles, minor: int, host: Host = NOTHING_KNOWN) -> ConfigVerdict:
    """Return what a kubelet of this minor version does with these files on this host. Never raises."""
    found = Found()
    config = read(files, minor, found)
    if not found.refused:
        check(config, minor, host, found)
        check_late(config, minor, host, found)
        warn(config, minor, host, found)
    return ConfigVerdict(tuple(found.objections), config)
