"""Judges the settings of a kubelet before any node is reached, for the version that the inventory names or for all."""

from __future__ import annotations

from collections.abc import Iterator

from podwright.inventory.provisioning import NodeDeclaration
from podwright.inventory.provisioning_faults import Fault
from podwright.plan.provision.standalone import least
from podwright.validation.kubelet.settings import certain_objections
from podwright.validation.kubelet.verdict import Moment
from podwright.validation.versions import DEFAULT_MINOR, OLDEST_MINOR, minor_of


def setting_faults(declaration: NodeDeclaration, version: str | None) -> Iterator[Fault]:
    """What its kubelet would refuse whatever else it reads, and what it would ignore."""
    kubelet = declaration.kubelet
    if kubelet is None or not kubelet.settings:
        return
    minor = minor_of(version)
    minors = range(OLDEST_MINOR, DEFAULT_MINOR + 1) if minor is None else (minor,)
    main, kubeconfig = (least(kubelet), False) if kubelet.standalone else (None, None)
    for one in certain_objections(kubelet.settings, minors, main, kubeconfig=kubeconfig):
        harmless = one.moment is Moment.NEVER
        message = one.message if harmless else f"the kubelet would end: {one.message}"
        hint = one.hint or "mend `podwright_node.kubelet.settings`"
        yield Fault(("kubelet", "settings", *one.path), message, hint, of_name=harmless, harmless=harmless)
