"""Stand-ins for the programs of SELinux: each file has a label by its inode, so it keeps it when it is moved."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.fakes.shell_host import stand_in

#: what the policy wants of each file, and of a file that nobody labelled
GOOD = "system_u:object_r:kubernetes_file_t:s0"
BAD = "unconfined_u:object_r:user_tmp_t:s0"


class Selinux:
    """`enforce` is there while SELinux is on; a node's PATH begins with `bin`."""

    def __init__(self, folder: Path, bin_dir: Path) -> None:
        self.enforce = folder / "enforce"
        self._folder = folder
        self._bin = bin_dir
        self._labels = folder / "labels"
        self._labels.mkdir(parents=True)
        of_path = f'{self._labels}/$(/usr/bin/stat -L -c %i -- "$path")'
        show = f'label={GOOD}; [ ! -e "{of_path}" ] || read -r label <"{of_path}"; echo "$label $path"'
        stand_in(
            bin_dir,
            "stat",
            f'case $2 in "%C %n") shift 3; for path; do {show}; done ;; *) exec /usr/bin/stat "$@" ;; esac',
        )
        wanted = f'for path; do printf "%s\\t{GOOD}\\n" "$path"; done'
        stand_in(bin_dir, "matchpathcon", f'if [ "$1" = -n ]; then echo "{GOOD}"; else shift; {wanted}; fi')
        stand_in(bin_dir, "chcon", f'path=$3; echo "$2" >"{of_path}"')

    def remove(self) -> None:
        shutil.rmtree(self._folder)
        for name in ("stat", "matchpathcon", "chcon"):
            (self._bin / name).unlink()

    def label(self, path: Path, label: str = BAD) -> None:
        """As a move from another folder leaves it."""
        (self._labels / str(path.stat().st_ino)).write_text(f"{label}\n")
