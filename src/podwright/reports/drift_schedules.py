"""What runs a drift check again and again: for cron, for systemd and for Kubernetes, as the text of files."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from msgspec import Struct

EVERY_MINUTES = 10
CRON_FILE = "/etc/cron.d/podwright-drift"
UNIT = "/etc/systemd/system/podwright-drift"

_SERVICE = """\
[Unit]
Description=Compare static pods with their inventory
Wants=network-online.target
After=network-online.target

# a unit that failed is the alarm: the check exits 3 for drift and 4 for what it could not check
[Service]
Type=oneshot
User={user}
WorkingDirectory={folder}
ExecStart={command}
TimeoutStartSec=1h
StateDirectory=podwright-drift
Environment=XDG_STATE_HOME=/var/lib/podwright-drift
UMask=0077
CapabilityBoundingSet=
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
{writable}PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
"""
_TIMER = f"""\
[Unit]
Description=Compare static pods with their inventory every {EVERY_MINUTES} minutes

[Timer]
OnCalendar=*:0/{EVERY_MINUTES}
RandomizedDelaySec=60
Persistent=yes

[Install]
WantedBy=timers.target
"""
#: the image of the Kubernetes job
CONTAINER_FILE = """\
FROM docker.io/library/python:3.13-slim
# as `pip wheel --no-deps -w SITE PODWRIGHT` makes it of podwright's own folder
COPY podwright-*.whl /tmp/
RUN pip install /tmp/podwright-*.whl
RUN useradd -u 65532 -m podwright
USER 65532
# the site: its inventory and templates; the key and the known hosts come from the secret `podwright-ssh`
COPY . /site
WORKDIR /site
"""
_RBAC = "rbac.authorization.k8s.io"
_NAME = "podwright-drift"


class Job(Struct, frozen=True):
    """The check: `program` with its whole path, what `drift check` is given, the site's folder, and whose job it is.

    `writable` are the folders that it writes into.
    """

    program: str
    options: tuple[str, ...]
    folder: str
    user: str
    writable: tuple[str, ...] = ()

    @property
    def command(self) -> tuple[str, ...]:
        return (self.program, "drift", "check", "--quiet", *self.options)


def cron_files(job: Job) -> Mapping[str, str]:
    """One entry: it waits up to a minute, so that sites do not all begin at once, and leaves out a round that overlaps."""
    line = f'cd {shlex.quote(job.folder)} && sleep "$(shuf -i 0-59 -n 1)" && flock -n -E 0 . {shlex.join(job.command)}'
    # cron takes a bare `%` for the end of the line
    entry = f"*/{EVERY_MINUTES} * * * * {job.user} {line.replace('%', chr(92) + '%')}"
    comment = "# what it prints is drift, or what could not be checked; cron mails it. Nothing is printed when clean"
    return {CRON_FILE: f"{comment}\n{entry}\n"}


def systemd_files(job: Job) -> Mapping[str, str]:
    """A service that may do nothing but look, and its timer, which starts it once at a time."""
    writable = "".join(f"ReadWritePaths={_of_unit(folder)}\n" for folder in job.writable)
    service = _SERVICE.format(
        user=job.user,
        folder=_specifiers(job.folder),
        command=" ".join(map(_of_unit, job.command)),
        writable=writable,
    )
    return {f"{UNIT}.service": service, f"{UNIT}.timer": _TIMER}


def _of_unit(word: str) -> str:
    """A word of a command in a unit; a dollar begins a variable there."""
    quoted = _specifiers(word).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return quoted if quoted and not any(sign in quoted for sign in " \t'\";") else f'"{quoted}"'


def _specifiers(text: str) -> str:
    return text.replace("%", "%%")


def kubernetes_objects(options: tuple[str, ...]) -> list[Mapping[str, object]]:
    """A CronJob that may read pods and nodes, and nothing else."""
    named = {"name": _NAME, "namespace": _NAME}
    subject = {"kind": "ServiceAccount", **named}
    role = {"apiGroup": _RBAC, "kind": "ClusterRole", "name": _NAME}
    rules = [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]},
        {"apiGroups": [""], "resources": ["nodes"], "verbs": ["get"]},
    ]
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": _NAME}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": named},
        {"apiVersion": f"{_RBAC}/v1", "kind": "ClusterRole", "metadata": {"name": _NAME}, "rules": rules},
        {
            "apiVersion": f"{_RBAC}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": _NAME},
            "roleRef": role,
            "subjects": [subject],
        },
        {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": named, "spec": _cron_job(options)},
    ]


def _cron_job(options: tuple[str, ...]) -> Mapping[str, object]:
    pod = {
        "serviceAccountName": _NAME,
        "restartPolicy": "Never",
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 65532,
            "fsGroup": 65532,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [
            {
                "name": "check",
                "image": f"{_NAME}:latest",
                "command": ["podwright", "drift", "check", *options],
                "env": [{"name": "HOME", "value": "/home/podwright"}],
                "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "1Gi"}},
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"]},
                },
                "volumeMounts": [
                    {"name": "ssh", "mountPath": "/home/podwright/.ssh", "readOnly": True},
                    {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - in the container
                ],
            }
        ],
        "volumes": [
            {"name": "ssh", "secret": {"secretName": "podwright-ssh", "defaultMode": 0o440}},
            {"name": "tmp", "emptyDir": {}},
        ],
    }
    return {
        "schedule": f"*/{EVERY_MINUTES} * * * *",
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": 300,
        "jobTemplate": {
            "spec": {"backoffLimit": 0, "activeDeadlineSeconds": 3600, "template": {"spec": pod}}
        },
    }
