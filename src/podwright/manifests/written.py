"""The text of a file as it is written: a document's YAML with our stamp, whatever digest and generation that says."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from podwright.manifests.stamp import DIGEST, GENERATION, with_stamp
from podwright.manifests.workload import Workload
from podwright.pods.emit import to_yaml

HEADER = "# managed by podwright: change its template, not this file\n"

# stand where digest and generation will: no document holds them
_ANY_DIGEST = f"sha256:{secrets.token_hex(32)}"
_ANY_GENERATION = 10**17 + secrets.randbelow(10**17)


@dataclass(frozen=True, slots=True)
class WrittenText:
    """The text before the digest, between it and the generation, and after that."""

    before: str
    between: str
    after: str

    @classmethod
    def of(cls, document: Mapping[str, object], workload: Workload, owner: str = "") -> WrittenText:
        """Write a document without our stamp; equal documents give equal texts."""
        text = HEADER + to_yaml(with_stamp(document, _ANY_DIGEST, _ANY_GENERATION, workload, owner))
        before, _, rest = text.partition(f"{DIGEST}: {_ANY_DIGEST}")
        between, _, after = rest.partition(f'{GENERATION}: "{_ANY_GENERATION}"')
        return cls(f"{before}{DIGEST}: ", f"{between}{GENERATION}: ", after)

    def stamped(self, digest: str, generation: int) -> str:
        return f'{self.before}{digest}{self.between}"{generation}"{self.after}'
