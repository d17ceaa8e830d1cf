"""A script as people write it with fabric: a thread pool, `put`, `mv`.

Arguments: the fleet's folder, the folder of rendered manifests, push | drift | remove, names of files.
"""

from __future__ import annotations

import hashlib
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fabric import Connection

THREADS = 32


def push(connection, source, folder, names):
    for name in names:
        connection.put(str(source / name), f"{folder}/.{name}.new")
        connection.run(
            f"chmod 600 {folder}/.{name}.new && mv {folder}/.{name}.new {folder}/{name}", hide=True
        )


def drift(connection, source, folder, names):
    paths = " ".join(f"{folder}/{name}" for name in names)
    shown = connection.run(f"sha256sum {paths}", hide=True, warn=True).stdout
    for name in names:
        if hashlib.sha256((source / name).read_bytes()).hexdigest() not in shown:
            print(f"{connection.host}:{connection.port}: {name} differs")


def remove(connection, _source, folder, names):
    connection.run("rm -f " + " ".join(f"{folder}/{name}" for name in names), hide=True)


def main() -> None:
    home, rendered, action, *names = sys.argv[1:]
    work = {"push": push, "drift": drift, "remove": remove}[action]

    def visit(node):
        key = {"key_filename": f"{home}/user_key"}
        with Connection("127.0.0.1", port=node["port"], connect_kwargs=key) as connection:
            work(connection, Path(rendered) / node["name"], node["manifest_dir"], names)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(visit, json.loads(Path(home, "nodes.json").read_text())))


if __name__ == "__main__":
    main()
