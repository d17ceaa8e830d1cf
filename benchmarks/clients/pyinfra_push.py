"""A pyinfra deploy: every file of the host's `pods` is put in place, or removed with `absent`."""

from pyinfra import host
from pyinfra.operations import files

for name in host.data.pods:
    target = f"{host.data.manifest_dir}/{name}"
    if host.data.absent:
        files.file(name=f"{name} is absent", path=target, present=False)
    else:
        files.put(
            name=f"{name} is there", src=f"{host.data.rendered}/{host.name}/{name}", dest=target, mode="600"
        )
