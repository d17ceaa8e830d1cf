"""The floor: connect, log in, run `true`, close; with podwright's own SSH client and nothing above it.

Arguments: the fleet's folder, how many threads.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from podwright.inventory.node import Connection, Node
from podwright.remote.ssh.connection import SshClient, SshOptions


def main() -> int:
    home, threads = Path(sys.argv[1]), int(sys.argv[2])
    client = SshClient(SshOptions(config_file=Path("none"), known_hosts_files=(home / "known_hosts",)))

    def visit(entry: dict[str, Any]) -> int:
        to = Connection(host="127.0.0.1", port=entry["port"], private_key_file=str(home / "user_key"))
        with client.connect(Node(entry["name"], to)) as host:
            channel = host.link.transport.open_session()  # type: ignore[attr-defined]
            channel.exec_command("true")
            return int(channel.recv_exit_status())

    with client, ThreadPoolExecutor(threads) as pool:
        return max(pool.map(visit, json.loads((home / "nodes.json").read_text())))


if __name__ == "__main__":
    sys.exit(main())
