"""Makes a site of what runs on one node: its manifests as templates, and an inventory that names it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from podwright.cli.app import App
from podwright.cli.console import note, warn
from podwright.cli.diagnostics import show_remarks
from podwright.cli.site_options import SiteOptions
from podwright.errors import PodwrightError
from podwright.operations.pull import pull
from podwright.operations.pulled_files import PulledFolders, write_all
from podwright.pods.yaml_writer import to_yaml
from podwright.state.private_files import write_file


def write_site_of(host: str, folder: Path, options: SiteOptions) -> None:
    """Write `inventory/` and `templates/manifests/`. Raises PodwrightError if the node could not be read."""
    app = App(replace(options, inventory=(Path(f"{host},"),)))
    inventory, nodes = app.chosen_of_inventory(())
    with app.world() as world:
        pulled = pull(nodes, None, inventory, world, app.redactor(), forks=1)
    show_remarks(pulled.report)
    if pulled.report.problems:
        raise PodwrightError("no site was made: the node could not be read whole", "mend what is named above")
    files = PulledFolders(folder / "templates" / "manifests", folder / "inventory").files(pulled.templates)
    write_all(files, force=False)
    user = {"ansible_user": options.user} if options.user else {}
    pods = {one.name: "present" for one in pulled.templates}
    hosts = {"all": {"hosts": {node.name: user for node in nodes}, "vars": {"static_pods": pods}}}
    write_file(folder / "inventory" / "hosts.yaml", to_yaml(hosts), mode=0o644, overwrite=False)
    for file in files:
        if file.secret:
            warn(f"`{file.path}` may hold a secret; encrypt it before it goes into a repository")
    if pods:
        note(
            "these manifests are not podwright's yet: `podwright manifest adopt NAME` takes one over, and restarts it"
        )
