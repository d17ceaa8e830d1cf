"""A kubelet without a cluster, made on a machine with a real systemd; then its static pods move."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.sshd import free_port
from tests.nodes.machine import Machine, Site, applied
from tests.nodes.stand_in_kubelet import launcher

pytestmark = [pytest.mark.xdist_group("booted_node"), pytest.mark.timeout(600)]
_SCRIPT = "/usr/libexec/standalone"
#: tells where it reads its static pods, which crictl then shows
_KUBELET = """\
#!/bin/sh
[ "$1" != --version ] || { echo 'Kubernetes v1.36.2'; exit; }
for word; do
  case $word in
    --config=*) config=${word#*=} ;;
    --config-dir=*) folder=${word#*=} ;;
    --container-runtime-endpoint=unix://*) socket=${word#*=unix://} ;;
    --kubeconfig*) exit 1 ;;
  esac
done
setting() { cat "$config" "$folder"/*.conf | sed -n "s/^ *\\"$1\\": \\"\\{0,1\\}\\([^\\",]*\\).*/\\1/p" | tail -n 1; }
socket=${socket-$(setting containerRuntimeEndpoint)}
[ -e "${socket#unix://}" ] || { echo "err=\\"validate CRI v1 runtime API for endpoint: no $socket\\"" >&2; exit 1; }
[ -d "$(setting staticPodPath)" ] || exit 1
mkdir -p /run/standalone
echo ok >/run/standalone/healthz
setting staticPodPath >/run/standalone/folder
exec busybox httpd -f -p "127.0.0.1:$(setting healthzPort)" -h /run/standalone
"""
_CRICTL = """\
#!/bin/sh
folder=$(cat /run/standalone/folder 2>/dev/null)
pods=true
case " $* " in *" ps "*) pods='' ;; esac
echo '{'; echo '  "items": ['
for file in "$folder"/*.yaml; do
  [ -f "$file" ] || continue
  id=$(echo "$file" | sha256sum | cut -c 1-16)
  echo '    {'
  if [ "$pods" ]; then
    printf '      "id": "%s",\\n      "metadata": {\\n' "$id"
    printf '        "name": "%s",\\n        "namespace": "default"\\n      },\\n' "${file##*/}"
    printf '      "state": "SANDBOX_READY",\\n      "annotations": {\\n'
    printf '        "kubernetes.io/config.source": "file"\\n      }\\n'
  else
    printf '      "podSandboxId": "%s",\\n      "state": "CONTAINER_RUNNING"\\n' "$id"
  fi
  echo '    }'
done
echo '  ]'; echo '}'
"""
PATHS = (
    "/etc/kubernetes",
    "/etc/crictl.yaml",
    "/etc/systemd/system/kubelet.service",
    "/etc/systemd/system/kubelet.service.d",
)
#: also what another test's kubelet was made of
_REMOVED = (
    "systemctl disable --now kubelet 2>/dev/null; rm -rf /etc/kubernetes /etc/systemd/system/kubelet* /usr/bin/crictl"
    " /usr/lib/systemd/system/kubelet.service.d /run/containerd; systemctl daemon-reload"
)
PID = "systemctl show --value -p MainPID kubelet"


@pytest.fixture
def site(
    booted_node: Machine, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    root = booted_node.root
    assert root
    booted_node.run(_REMOVED)
    for path, mode, content in (
        ("usr/bin/kubelet", 0o755, launcher(_SCRIPT)),
        (_SCRIPT, 0o755, _KUBELET.encode()),
        ("usr/bin/crictl", 0o755, _CRICTL.encode()),
        # a package's: it would give the kubelet a cluster
        (
            "usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf",
            0o644,
            b"[Service]\nExecStart=\nExecStart=/usr/bin/kubelet --kubeconfig=/etc/kubernetes/kubelet.conf\n",
        ),
    ):
        target = root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        target.chmod(mode)
    booted_node.run(
        "mkdir -p /run/containerd; touch /run/containerd/containerd.sock; systemctl daemon-reload"
    )
    site = Site(booted_node, tmp_path, capsys, monkeypatch)
    yield site
    booted_node.run(_REMOVED)


def test_a_kubelet_is_made_of_its_program_and_then_its_pods_move(site: Site) -> None:
    machine, settings = site.machine, {"healthzPort": free_port()}
    site.declare(kubelet={"standalone": True, "settings": settings, "soak": 1})
    site.becomes_ready(*PATHS)
    assert machine.run("systemctl is-enabled kubelet; systemctl is-active kubelet") == "enabled\nactive\n"
    machine.run("echo x >/etc/kubernetes/manifests/web.yaml; chmod 640 /etc/kubernetes/manifests/web.yaml")

    site.declare(
        kubelet={"standalone": True, "settings": {**settings, "staticPodPath": "/srv/pods"}, "soak": 1}
    )
    old = machine.run(PID)
    shown = site.podwright("node", "provision", "--dry-run", "-o", "json").node
    assert "moves 1 static pods from `/etc/kubernetes/manifests` to `/srv/pods`" in str(shown)
    assert "kubelet" in applied(site.provisioned())
    assert machine.run(PID) not in (old, "0\n")
    assert machine.run("cd /srv/pods; stat -c '%n %a' *; ls /etc/kubernetes/manifests") == "web.yaml 640\n"
    site.is_ready(*PATHS, "/srv/pods")
