"""Writes kubeconfigs for tests."""

from __future__ import annotations

import base64
import json
from pathlib import Path


def base64_of(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def kubeconfig(
    path: Path, cluster: dict | None = None, user: dict | None = None, name: str = "lab", **more: object
) -> Path:
    """One context, cluster and user of that name."""
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "clusters": [{"name": name, "cluster": cluster or {"server": "https://10.0.0.1:6443"}}],
        "users": [{"name": name, "user": user or {}}],
        **more,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return path
