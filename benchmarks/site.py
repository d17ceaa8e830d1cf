"""What is pushed: ten pods a node, written once as podwright's inventory and templates and once rendered for the others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.fleet import Fleet

PODS = tuple(f"web-{number}" for number in range(10))

_TEMPLATE = """\
apiVersion: v1
kind: Pod
metadata:
  name: {{{{ pod_prefix }}}}-{number}
  namespace: kube-system
  labels:
    app.kubernetes.io/name: web-{number}
    node: "{{{{ inventory_hostname }}}}"
spec:
  hostNetwork: true
  priorityClassName: system-node-critical
  terminationGracePeriodSeconds: 20
  containers:
    - name: server
      image: registry.example.org/platform/server:1.29.{number}
      args: ["--listen=:{port}", "--node={{{{ inventory_hostname }}}}", "--log-level=info"]
      env:
        - name: NODE
          value: "{{{{ inventory_hostname }}}}"
      ports:
        - name: http
          containerPort: {port}
          hostPort: {port}
      readinessProbe:
        httpGet: {{path: /healthz, port: {port}, host: 127.0.0.1}}
        periodSeconds: 5
      resources:
        requests: {{cpu: 50m, memory: 64Mi}}
        limits: {{memory: 128Mi}}
      volumeMounts:
        - name: configuration
          mountPath: /etc/server
          readOnly: true
  volumes:
    - name: configuration
      hostPath:
        path: /etc/server-{number}
        type: DirectoryOrCreate
"""


def template(number: int) -> str:
    """The Jinja text of pod `web-NUMBER`."""
    return _TEMPLATE.format(number=number, port=20000 + number)


@dataclass(frozen=True, slots=True)
class BenchSite:
    """Inventories that want one pod and ten, templates, and the texts as rendered: {node: {file name: text}}."""

    folder: Path
    templates: Path
    rendered: Path

    def inventory(self, pods: int) -> Path:
        return self.folder / f"inventory-{pods}.yaml"


def write_site(fleet: Fleet, folder: Path) -> BenchSite:
    """Write everything that the tools read into `folder`."""
    site = BenchSite(folder, folder / "templates", folder / "rendered")
    site.templates.mkdir(parents=True, exist_ok=True)
    for number, pod in enumerate(PODS):
        (site.templates / f"{pod}.yaml.j2").write_text(template(number))
    for pods in (1, 10):
        site.inventory(pods).write_text(_inventory(fleet, PODS[:pods]))
    for node, texts in desired_texts(site, stamped=False).items():
        (site.rendered / node).mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (site.rendered / node / name).write_text(text)
    return site


def _inventory(fleet: Fleet, pods: tuple[str, ...]) -> str:
    hosts = "".join(
        f"    {node.name}: {{ansible_port: {node.port}, podwright_manifest_dir: {node.manifest_dir}}}\n"
        for node in fleet.nodes
    )
    return (
        f"all:\n  vars:\n    ansible_host: 127.0.0.1\n    ansible_user: {fleet.user}\n"
        f"    ansible_private_key_file: {fleet.key}\n    pod_prefix: web\n    static_pods: [{', '.join(pods)}]\n"
        f"  hosts:\n{hosts}"
    )


def desired_texts(site: BenchSite, *, stamped: bool) -> dict[str, dict[str, str]]:
    """The files of all ten pods: as podwright writes them on a first push, or as the templates say."""
    from podwright.inventory.load import load_inventory
    from podwright.operations.desired import Site
    from podwright.templates.render import Renderer

    rendering = Site(load_inventory(site.inventory(10)), Renderer(site.templates))
    nodes = rendering.inventory.nodes
    if not stamped:
        texts: dict[str, dict[str, str]] = {}
        for node, name, text in rendering.rendered(nodes):
            texts.setdefault(node, {})[name] = text
        return texts
    return {
        one.node.name: {manifest.file_name: manifest.text(1) for manifest in one.manifests}
        for one in rendering.desired(nodes)
    }
