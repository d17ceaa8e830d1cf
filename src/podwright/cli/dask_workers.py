"""Workers of a Dask cluster; the only module that knows Dask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address

from podwright.cli.worker import do
from podwright.errors import PodwrightError, UsageError
from podwright.operations.worker_tasks import LostWorkerError

#: in front of a site's name in a worker's `--resources`
_RESOURCE = "podwright-"
_CONNECT_SECONDS = "10s"


def refuse_insecure(address: str) -> None:
    """Who reaches a scheduler runs code with the workers' keys. Raises UsageError unless it uses TLS, or is on loopback."""
    scheme, found, rest = address.partition("://")
    host = (rest if found else address).rpartition(":")[0].strip("[]")
    if scheme == "tls" and found:
        return
    try:
        loopback = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise UsageError(
            f"the scheduler `{address}` is reached without TLS: whoever else reaches it runs code with the workers' keys",
            "give its address as `tls://HOST:PORT`, with the certificates in Dask's configuration",
        )


class DaskWorkers:
    """Tasks become Dask's; its scheduler gives those of a worker that was lost to another one."""

    def __init__(self, address: str) -> None:
        from distributed import Client

        try:
            self._client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, TimeoutError) as error:
            raise UsageError(
                f"the scheduler `{address}` cannot be reached: {error}", "start it with `dask scheduler`"
            ) from error

    def do(self, task: str, site: str) -> str:
        from concurrent.futures import CancelledError

        from distributed import KilledWorker

        resources = {f"{_RESOURCE}{site}": 1} if site else {}
        self._refuse_without_workers(resources)
        try:
            answer: str = self._client.submit(do, task, resources=resources or None, pure=False).result()
        except (KilledWorker, CancelledError, OSError, TimeoutError) as error:
            raise LostWorkerError from error
        return answer

    def _refuse_without_workers(self, resources: dict[str, int]) -> None:
        """A task that no worker may take would wait for ever."""
        # not `scheduler_info`: what it returns is replaced now and then by one without workers
        found = self._client.sync(self._client.scheduler.identity, n_workers=-1)
        workers = found["workers"].values()
        name = next(iter(resources), None)
        if not any(name is None or worker["resources"].get(name) for worker in workers):
            what = f"of the site `{name.removeprefix(_RESOURCE)}`" if name else "at all"
            how = f" --resources {name}=100" if name else ""
            raise PodwrightError(
                f"the Dask cluster has no worker {what}", f"start one: `dask worker ADDRESS{how}`"
            )

    def end(self) -> None:
        self._client.close()


@contextmanager
def dask_workers(address: str) -> Iterator[DaskWorkers]:
    """Raises UsageError."""
    refuse_insecure(address)
    try:
        workers = DaskWorkers(address)
    except ImportError as error:
        raise UsageError("Dask is not installed", "install it: `pip install 'podwright[dask]'`") from error
    try:
        yield workers
    finally:
        workers.end()
