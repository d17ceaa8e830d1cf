"""What a kubelet reads as its configuration: its main file and, if it has a folder of them, drop-ins."""

from __future__ import annotations

from posixpath import dirname

from msgspec.structs import replace

from podwright.plan.provision.kubelet_asks import KubeletAsks
from podwright.plan.provision.kubelet_observed import KubeletSeen
from podwright.validation.kubelet.document import ConfigFiles, DropIn, read_by_kubelet
from podwright.validation.kubelet.judge import judge_config
from podwright.validation.kubelet.verdict import ConfigVerdict, Host
from podwright.validation.versions import DEFAULT_MINOR, minor_of


def config_of(kubelet: KubeletSeen) -> ConfigVerdict:
    """Judged by the rules of its version."""
    read = tuple(DropIn(name, content) for name, content in kubelet.drop_ins if read_by_kubelet(name))
    minor = minor_of(kubelet.version) if kubelet.version else None
    host = Host(kubeconfig=bool(kubelet.flags.get("kubeconfig")))
    folder = dirname(kubelet.flags.get("config", ""))
    files = ConfigFiles(kubelet.main, read if kubelet.flags.get("config-dir") else None, folder=folder)
    return judge_config(files, minor or DEFAULT_MINOR, host)


def with_ours(kubelet: KubeletSeen, asks: KubeletAsks, text: str) -> KubeletSeen:
    """As it reads our drop-in beside the others; the kubelet walks the folder name by name."""
    name = asks.file.removeprefix(f"{asks.folder}/")
    others = [one for one in kubelet.drop_ins if one[0] != name]
    drop_ins = sorted([*others, (name, text.encode())], key=lambda one: one[0].split("/"))
    return replace(kubelet, drop_ins=tuple(drop_ins), flags={**kubelet.flags, "config-dir": asks.folder})
