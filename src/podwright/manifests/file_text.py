"""The text of a file as it is written: a document's YAML, with our stamp unless the file is given up."""

from __future__ import annotations

import json
import secrets
from functools import lru_cache

from podwright.manifests.stamp import GENERATION, named_for, with_stamp
from podwright.manifests.workload import Workload
from podwright.pods.yaml_writer import to_yaml

HEADER = "# managed by podwright: change its template, not this file\n"

# stands where the generation will: no document holds it
_ANY_GENERATION = 10**17 + secrets.randbelow(10**17)


def written_text(canonical: bytes, digest: str, generation: int, workload: Workload, owner: str) -> str:
    """What is written of a document without our stamp, given in its canonical form; equal documents give equal texts."""
    before, after = _around_generation(canonical, digest, workload, owner)
    return f'{before}{GENERATION}: "{generation}"{after}'


def unmarked_text(canonical: bytes, workload: Workload) -> str:
    """What is written of a document that podwright gives up: nothing in it says that podwright wrote it."""
    return to_yaml(named_for(json.loads(canonical), workload))


# a large site's texts are asked for when nodes are observed, and again when they are written
@lru_cache(maxsize=4096)
def _around_generation(canonical: bytes, digest: str, workload: Workload, owner: str) -> tuple[str, str]:
    document = json.loads(canonical)
    text = HEADER + to_yaml(with_stamp(document, digest, _ANY_GENERATION, workload, owner))
    before, _, after = text.partition(f'{GENERATION}: "{_ANY_GENERATION}"')
    return before, after
