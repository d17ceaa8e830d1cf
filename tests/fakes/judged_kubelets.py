"""What a kubelet's configuration is judged to be, in one line."""

from __future__ import annotations

from podwright.validation.kubelet.document import ConfigFiles, DropIn
from podwright.validation.kubelet.judge import judge_config
from podwright.validation.kubelet.verdict import ConfigVerdict, Host

HEADER = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"


def judged(text: str, *drop_ins: str, minor: int = 36, host: Host = Host()) -> ConfigVerdict:  # noqa: B008
    files = tuple(DropIn(f"{number}.conf", (HEADER + one).encode()) for number, one in enumerate(drop_ins))
    return judge_config(ConfigFiles((HEADER + text).encode(), files if drop_ins else None), minor, host)


def moment(text: str, *drop_ins: str, minor: int = 36, host: Host = Host()) -> str:  # noqa: B008
    """When the kubelet ends: `trial`, `start`, or "" for one that runs."""
    verdict = judged(text, *drop_ins, minor=minor, host=host)
    if not verdict.passes_trial:
        return "trial"
    return "" if verdict.starts else "start"
