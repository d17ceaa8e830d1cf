"""A kubelet for real nodes: it treats `--config` and `--config-dir` as was recorded of kubelet 1.36, and runs no pod.

What it reads it looks up among the recordings that the test names; of anything else it says that nobody recorded it.
"""

from __future__ import annotations

import csv
import hashlib
import json
import struct
from pathlib import Path
from typing import Any

import yaml
from tests.conformance.kubelet_configs import RECORDED
from tests.fakes.sshd import free_port

from podwright.pods.yaml_writer import to_yaml

MAIN, FOLDER = "var/lib/kubelet/config.yaml", "etc/kubernetes/kubelet.conf.d"
_SCRIPT = "/usr/libexec/stand-in"
_KNOWN = "/var/lib/stand-in"
_UNIT = f"""\
[Service]
Environment="KUBELET_CONFIG_ARGS=--config=/{MAIN} --config-dir=/{FOLDER}"
ExecStart=/usr/bin/kubelet $KUBELET_CONFIG_ARGS --container-runtime-endpoint=unix:///run/stand-in.sock
ExecStartPre=/bin/touch /run/stand-in.sock
Restart=always
RestartSec=1
StartLimitIntervalSec=0
[Install]
WantedBy=multi-user.target
"""
#: first what it is asked, then what it was recorded to do with what it reads
_PROGRAM = f"""\
#!/bin/sh
[ "$1" != --version ] || {{ echo 'Kubernetes v1.36.2'; exit; }}
for word; do
  case $word in
    --config=*) config=${{word#*=}} ;;
    --config-dir=*) folder=${{word#*=}} ;;
    --container-runtime-endpoint=unix://*) socket=${{word#*=unix://}} ;;
  esac
done
fails() {{ printf 'E1130 17:00:00.0 1 run.go:72] "command failed" err="%s"\\n' "$1" >&2; exit 1; }}
read_all() {{ cat "$config"; [ -z "$folder" ] || drop_ins; }}
drop_ins() {{ find "$folder" -name '*.conf' | LC_ALL=C sort | while read -r file; do cat "$file"; done; }}
sum=$(read_all | grep -v '^#' | sha256sum)
known={_KNOWN}/${{sum%% *}}
[ -d "$known" ] || fails 'nobody recorded what a kubelet does with this'
[ ! -s "$known/trial" ] || fails "$(cat "$known/trial")"
[ -e "$socket" ] || fails "failed to run Kubelet: validate CRI v1 runtime API for endpoint \\"unix://$socket\\": no"
[ ! -s "$known/start" ] || fails "$(cat "$known/start")"
mkdir -p /run/stand-in
echo ok >/run/stand-in/healthz
exec busybox httpd -f -p "127.0.0.1:$(sed -n 's/^healthzPort: //p' "$config")" -h /run/stand-in
"""


class StandIn:
    """The kubelet of the node whose files are below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.unit = root / "etc/systemd/system/kubelet.service"
        #: a port of its own, since the network is this machine's
        self.main = _variant("minimal") + f"healthzPort: {free_port()}\n".encode()
        for path, mode, content in (
            ("usr/bin/kubelet", 0o755, launcher(_SCRIPT)),
            (_SCRIPT, 0o755, _PROGRAM.encode()),
            (str(self.unit.relative_to(root)), 0o644, _UNIT.encode()),
            (MAIN, 0o600, self.main),
        ):
            target = root / path.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            target.chmod(mode)
        (root / FOLDER).mkdir(parents=True, exist_ok=True)
        self.knows(self.main, "minimal")

    def reads_no_drop_ins(self) -> None:
        """As kubeadm's unit starts it."""
        self.unit.write_text(_UNIT.replace(f" --config-dir=/{FOLDER}", ""))

    def reads_one_file(self) -> None:
        """Its unit names that itself, so that no folder can be added."""
        self.unit.write_text(_UNIT.replace("$KUBELET_CONFIG_ARGS", f"--config=/{MAIN}"))

    def settings(self, variant: str) -> dict[str, Any]:
        """What a recorded variant sets, for a drop-in of podwright; the kubelet then does what was recorded of it."""
        written = yaml.safe_load(_variant(variant))
        kind = {name: written.pop(name) for name in ("apiVersion", "kind")}
        ours = json.dumps({**kind, **written, **kind}, indent=2) + "\n"
        self.knows(self.main + ours.encode(), variant)
        self.knows(to_yaml({**yaml.safe_load(self.main), **written}).encode(), variant)
        return written

    def knows(self, text: bytes, variant: str) -> None:
        lines = (line for line in text.splitlines(keepends=True) if not line.startswith(b"#"))
        known = self.root / _KNOWN.lstrip("/") / hashlib.sha256(b"".join(lines)).hexdigest()
        known.mkdir(parents=True, exist_ok=True)
        for name in ("trial", "start"):
            (known / name).write_text(_message(name, variant))


def _variant(name: str) -> bytes:
    return (RECORDED / "configs" / f"{name}.yaml").read_bytes()


def _message(kind: str, variant: str) -> str:
    """Why it ended; empty if it did not, or was not tried."""
    lines = (RECORDED / f"{kind}s.tsv").read_text().splitlines()
    for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
        if (row["config"], row["kubelet"]) == (variant, "1.36"):
            outcome = row.get("verdict") or row["start"]
            return row["message"] if outcome in ("bad", "ends") else ""
    return ""


def launcher(script: str) -> bytes:
    """A program for x86-64 that runs `script` with its arguments and ends as it does: of a script itself the node would
    only see the shell.
    """
    code = bytes.fromhex(
        "4889e3 6a39 58 0f05"  # rbx = arguments; fork()
        "85c0 741c"  # the child goes on below
        "6aff 5f 4889e6 31d2 4531d2 6a3d 58 0f05"  # wait4(-1, &status)
        "0fb67c2401 b8e7000000 0f05"  # exit_group(status >> 8)
        "b89d000000 6a01 5f 6a09 5e 0f05"  # prctl(PR_SET_PDEATHSIG, SIGKILL)
        "488b03 488d7308 488d54c310 488d3d0f000000 6a3b 58 0f05"  # execve(script, arguments, environment)
        "6a7f 5f b8e7000000 0f05"  # exit_group(127)
    )
    content = code + script.encode() + b"\0"
    start, size = 0x400000 + 120, 120 + len(content)
    identity = b"\x7fELF\x02\x01\x01" + bytes(9)
    header = struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, start, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, 0x400000, 0x400000, size, size, 0x1000)
    return identity + header + segment + content
