"""What was seen: a node's kubelet, its manifest folder, the pods its runtime holds, and mirror pods in the API."""

from __future__ import annotations

from enum import Enum, StrEnum

from msgspec import Struct
from msgspec.structs import replace

from podwright.manifests.manifest import Manifest
from podwright.manifests.node_files import Rejected
from podwright.manifests.stamp import NO_STAMP, Stamp
from podwright.plan.facts import Facts
from podwright.plan.history import Revision
from podwright.plan.holds import Hold
from podwright.plan.node_image import NodeImage
from podwright.plan.pending import Pending
from podwright.plan.selinux_labels import FileLabel
from podwright.pods.pod_ref import PodRef
from podwright.pods.prerequisites import HostPath


class ContainerState(Struct, frozen=True):
    """One container of a mirror pod: `state` is waiting, running or terminated; the last two are of its last end."""

    name: str
    state: str
    ready: bool = False
    reason: str = ""
    message: str = ""
    restart_count: int = 0
    exit_code: int | None = None
    last_reason: str = ""


class MirrorPod(Struct, frozen=True):
    """A pod as the API shows it.

    `config_mirror` is the annotation `kubernetes.io/config.mirror`, the static pod's uid; `None`: this is a
    regular pod that owns the name. `digest` and `generation` are our stamp as the API shows it (editable there, so
    no proof alone).
    """

    ref: PodRef
    node_name: str = ""
    uid: str = ""
    config_mirror: str | None = None
    digest: str | None = None
    generation: int | None = None
    owner: str = ""
    phase: str = ""
    ready: bool = False
    deleting: bool = False
    finalizers: tuple[str, ...] = ()
    containers: tuple[ContainerState, ...] = ()


class Unavailable(Struct, frozen=True):
    """A source that could not be read, why, and what to do about it: never proof of anything."""

    reason: str
    hint: str = ""


class FileKind(StrEnum):
    """What an entry of the folder is; a link is a link even where it leads to a regular file, but not to a pipe."""

    REGULAR = "file"
    LINK = "link"
    DIRECTORY = "directory"
    PIPE = "pipe"
    OTHER = "other"


class ObservedFile(Struct, frozen=True):
    """An entry of a manifest folder that the kubelet would look at, and what it makes of it.

    `sha256` is of `content`, lower-case hex; both are empty for what is not a regular file (nor a link to one).
    `mode` is octal text, as `stat -c %a` prints it. `target` is where a link leads. `noted`: the node has a note that what
    lies there, and nothing else, is ours although our mark is not on it, or is not ours although it is.
    """

    name: str
    kind: FileKind
    mode: str = ""
    owner: str = ""
    inode: int = 0
    mtime: int = 0
    content: bytes = b""
    sha256: str = ""
    manifest: Manifest | Rejected | None = None
    target: str = ""
    target_missing: bool = False
    noted: bool = False

    @property
    def link(self) -> str:
        """Where a link leads, in words; empty for what is not a link."""
        return f"`{self.target}`{' (which is missing)' if self.target_missing else ''}" if self.target else ""

    @property
    def pod(self) -> PodRef | None:
        """The pod that the kubelet runs of it."""
        return self.manifest.pod if isinstance(self.manifest, Manifest) else None

    @property
    def named(self) -> PodRef | None:
        """The pod that the file is about, even if a kubelet of the version that is known here would not run it."""
        return self.manifest.pod if self.manifest else None

    @property
    def stamp(self) -> Stamp:
        return self.manifest.stamp if self.manifest else NO_STAMP

    @property
    def marked(self) -> bool:
        """Whether it is a regular file that carries our mark."""
        return self.kind is FileKind.REGULAR and self.stamp.managed

    @property
    def managed(self) -> bool:
        """Whether it is ours by our mark, which no note revokes."""
        return self.marked and not self.noted

    @property
    def adopted(self) -> bool:
        """Whether it is ours, and waits for its next change to carry our mark."""
        return self.kind is FileKind.REGULAR and self.noted and not self.marked


class ObservedContainer(Struct, frozen=True):
    """As the runtime lists it, with the CRI's `state` and the image's id; `first`: its sandbox's first attempt, if older."""

    name: str
    state: str
    attempt: int = 0
    created_at: float = 0.0
    id: str = ""
    image: str = ""
    first: int | None = None

    @property
    def running(self) -> bool:
        return self.state == "CONTAINER_RUNNING"


class ObservedPod(Struct, frozen=True):
    """A pod sandbox as the runtime lists it, with its newest container of each name; `attempt` counts those of its uid."""

    ref: PodRef
    uid: str
    ready: bool
    created_at: float = 0.0
    digest: str | None = None
    generation: int | None = None
    source: str = ""
    containers: tuple[ObservedContainer, ...] = ()
    attempt: int = 0


class Doubt(Enum):
    """Why none of the kubelets that there are can be taken for the node's own."""

    UNREADABLE = "unreadable"
    DISTRUSTED = "distrusted"
    ELSEWHERE = "elsewhere"
    SEVERAL = "several"


class KubeletFacts(Struct, frozen=True):
    """The kubelet as its process shows it; `problem`: why nothing is known if `running` is False.

    `static_pod_path` is None if the kubelet reads no folder. `source`: where the path was found. There is a `doubt`
    when there are kubelets, but none that can be taken for the node's; it is `elsewhere` when the inventory names one
    that has its own file system.
    """

    running: bool
    pid: int = 0
    static_pod_path: str | None = None
    source: str = ""
    root_dir: str = "/var/lib/kubelet"
    node_name: str = ""
    runtime_endpoint: str = ""
    problem: str = ""
    doubt: Doubt | None = None
    elsewhere: bool = False


ROOT = "0"


class FolderState(StrEnum):
    """Whether the manifest folder can be used."""

    USABLE = "usable"
    READ_ONLY = "read-only"
    UNTRUSTED = "untrusted"
    MISSING = "missing"
    NOT_A_FOLDER = "not-a-folder"
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"


_UNSEEN = (FolderState.UNKNOWN, FolderState.NOT_A_FOLDER, FolderState.UNREADABLE)


class ObservedLock(Struct, frozen=True):
    """The node's lock: whoever knows its `id` may go on with it. `age` and `left` are in seconds.

    With `left` below 0 it has expired; with an `age` below 0 it was taken before the node started again.
    """

    id: str
    owner: str
    boot: str = ""
    age: float = 0.0
    left: float = 0.0


class FolderRights(Struct, frozen=True):
    """The manifest folder's octal mode, the uids of its owner and of the login, and when a name there came or went last."""

    mode: str
    owner: str
    login: str
    changed: float = 0.0

    @property
    def open(self) -> bool:
        """Whether others than root and the login may write to it; the group of a login that is not root is its own."""
        writers = 0o022 if self.login == ROOT else 0o002
        return self.owner not in (ROOT, self.login) or bool(int(self.mode, 8) & writers)

    def may_own(self, uid: str) -> bool:
        return uid in (ROOT, self.login)


class UnfitPath(Struct, frozen=True):
    """A path of the host that a manifest wants, and that is missing, or not of the type."""

    wanted: HostPath
    missing: bool


class Observation(Struct, frozen=True):
    """All that one observation of a node showed; `pods` is None if the runtime could not be asked (`pods_problem`: why).

    `untrusted`: what others can change of the folder. `node_name` is the name that pods on this node are suffixed with.
    `clock` is the node's wall clock, Unix seconds. `leftovers`: there is a lock or a staged file, of a run that goes on or
    of one that was killed. `outcomes`: the history, without contents, of what failed, or is wanted again; `newest`: by
    name, the number of the newest revision of what is wanted; `unproven`: such a revision, if it may yet be proven;
    `changes`: the newest one of each file, without its content; `aborted`: runs that no controller is to go on with.
    `pending`: what the node takes back by itself unless it is confirmed, and what it did. `holds`: also those that have
    ended. `images` (names, digests, ids; None: not known) and `unfit_paths` are asked for if a change needs some, `machine`
    for a check of the node; `shutting_down` (or just starting) and `addresses` (None: not known) if a guard does.
    """

    node: str
    node_name: str
    kubelet: KubeletFacts
    folder: str
    folder_state: FolderState
    files: tuple[ObservedFile, ...] = ()
    pods: tuple[ObservedPod, ...] | None = None
    pods_problem: str = ""
    clock: float = 0.0
    leftovers: bool = False
    lock: ObservedLock | None = None
    rights: FolderRights | None = None
    labels: tuple[FileLabel, ...] = ()
    untrusted: str = ""
    history: tuple[Revision, ...] | None = None
    history_problem: str = ""
    outcomes: tuple[Revision, ...] = ()
    newest: tuple[tuple[str, int], ...] = ()
    changes: tuple[Revision, ...] = ()
    unproven: tuple[Revision, ...] = ()
    aborted: tuple[str, ...] = ()
    pending: tuple[Pending, ...] = ()
    holds: tuple[Hold, ...] = ()
    images: tuple[NodeImage, ...] | None = None
    unfit_paths: tuple[UnfitPath, ...] = ()
    machine: Facts | None = None
    shutting_down: bool = False
    addresses: tuple[str, ...] | None = None

    @property
    def folder_seen(self) -> bool:
        """Whether `files` is all that the folder holds; otherwise nothing is known to be there, or to be missing."""
        return self.folder_state not in _UNSEEN

    def named(self, node_name: str) -> Observation:
        return replace(self, node_name=node_name.lower())

    def file(self, name: str) -> ObservedFile | None:
        return next((file for file in self.files if file.name == name), None)

    def ready_pods(self, full_name: PodRef) -> tuple[ObservedPod, ...]:
        return tuple(pod for pod in self.pods or () if pod.ref == full_name and pod.ready)
