"""Why something is as it is: enum members with data, for code to decide by; `words.py` has the text for each."""

from __future__ import annotations

from enum import Enum
from typing import Generic, TypeVar

from msgspec import Struct


class Conflict(Enum):
    """Why a file must be left alone."""

    DIRECTORY = "directory"
    NOT_A_FILE = "not-a-file"
    LINK = "link"
    LINK_TO_REMOVE = "link-to-remove"
    NOT_OURS = "not-ours"
    NOT_OURS_TO_REMOVE = "not-ours-to-remove"
    UNREADABLE = "unreadable"
    UNREADABLE_TO_REMOVE = "unreadable-to-remove"
    RELEASED = "released"
    RELEASED_TO_REMOVE = "released-to-remove"
    POD_DEFINED_TWICE = "pod-defined-twice"
    POD_OF_OTHER_WORKLOAD = "pod-of-other-workload"
    PORT_TAKEN = "port-taken"
    CYCLE = "cycle"
    FOREIGN = "foreign"
    FOREIGN_USER = "foreign-user"
    FOREIGN_HOME = "foreign-home"
    OTHERS_FOLDER = "others-folder"
    OTHER_TYPE = "other-type"
    OWNED_ELSEWHERE = "owned-elsewhere"
    NO_MODULE = "no-module"
    NO_MODULES = "no-modules"
    NO_SYSCTL = "no-sysctl"
    FIXED_SYSCTL = "fixed-sysctl"
    SYSCTL_NUMBERS = "sysctl-numbers"
    SYSCTL_STAYS = "sysctl-stays"
    NO_SERVICE_MANAGER = "no-service-manager"
    NO_UNIT = "no-unit"
    MASKED = "masked"
    FIXED_UNIT = "fixed-unit"
    NO_USER = "no-user"
    NO_GROUP = "no-group"
    NO_SELINUX = "no-selinux"
    NO_PROGRAM = "no-program"
    USER_BUSY = "user-busy"
    READ_ONLY = "read-only"
    ABOVE_IS_NO_FOLDER = "above-is-no-folder"
    NOT_EMPTY = "not-empty"
    MOUNTED = "mounted"
    IMMUTABLE = "immutable"
    REFUSED_TEXT = "refused-text"
    BAD_UNIT = "bad-unit"
    REFUSED_SETTINGS = "refused-settings"


class Difference(Enum):
    """Why a file is written; or why nothing is to be done for it."""

    UNREADABLE = "unreadable"
    STAMP_EDITED = "stamp-edited"
    EDITED = "edited"
    POD_RENAMED = "pod-renamed"
    CONTENT = "content"
    MODE = "mode"
    LABEL = "label"
    OWNER = "owner"
    ADOPTED = "adopted"
    NOTED = "noted"
    MARK_THERE = "mark-there"
    NOTE_REMOVED = "note-removed"
    MARK_STAYS = "mark-stays"
    FOREIGN_REMOVED = "foreign-removed"
    LINK_REPLACED = "link-replaced"
    SAME_POD = "same-pod"
    RESTART = "restart"
    RELEASED = "released"
    NOT_STARTED = "not-started"
    ABSENT_ALREADY = "absent-already"
    ORPHANED = "orphaned"
    BESIDE = "beside"
    REPLACED = "replaced"
    TAKEN_OVER = "taken-over"
    STATE = "state"
    RESTARTED_FOR_FILES = "restarted-for-files"
    PODS_MOVE = "pods-move"
    GIVEN_BACK = "given-back"
    GONE = "gone"


class Check(Enum):
    """What must be repaired on a node, or in the inventory, before anything is written there."""

    KUBELET_DOWN = "kubelet-down"
    KUBELET_UNREADABLE = "kubelet-unreadable"
    KUBELET_DISTRUSTED = "kubelet-distrusted"
    KUBELET_ELSEWHERE = "kubelet-elsewhere"
    KUBELET_SEVERAL = "kubelet-several"
    READS_NO_FOLDER = "reads-no-folder"
    READS_OTHER_FOLDER = "reads-other-folder"
    FOLDER_UNKNOWN = "folder-unknown"
    FOLDER_UNNAMED = "folder-unnamed"
    FOLDER_MISSING = "folder-missing"
    NOT_A_FOLDER = "not-a-folder"
    FOLDER_UNREADABLE = "folder-unreadable"
    FOLDER_READ_ONLY = "folder-read-only"
    FOLDER_NOT_WRITABLE = "folder-not-writable"
    FOLDER_UNTRUSTED = "folder-untrusted"
    PIPE = "pipe"
    NAME_OWNED = "name-owned"
    UNVERIFIABLE = "unverifiable"
    SAME_NODE = "same-node"
    OTHER_NODE_NAME = "other-node-name"
    PRUNES_TOO_MUCH = "prunes-too-much"
    PRUNE_EMPTIES = "prune-empties"
    UNCONFIRMED = "unconfirmed"
    HELD = "held"


class Drift(Enum):
    """The kinds of findings of a drift check; the documentation has a line for each."""

    FILE_MISSING = "file-missing"
    FILE_CHANGED = "file-changed"
    FILE_COSMETIC = "file-cosmetic"
    FILE_RIGHTS = "file-rights"
    FILE_LABEL = "file-label"
    FILE_UNWANTED = "file-unwanted"
    FILE_FOREIGN = "file-foreign"
    FILE_ORPHANED = "file-orphaned"
    FOLDER_OPEN = "folder-open"
    POD_DUPLICATE = "pod-duplicate"
    PORT_TAKEN = "port-taken"
    NODE_DUPLICATE = "node-duplicate"
    POD_NOT_RUNNING = "pod-not-running"
    POD_STALE = "pod-stale"
    POD_ORPHANED = "pod-orphaned"
    POD_CRASH_LOOPING = "pod-crash-looping"
    POD_CREATING = "pod-creating"
    POD_NOT_READY = "pod-not-ready"
    POD_RESTARTED = "pod-restarted"
    MIRROR_MISSING = "mirror-missing"
    MIRROR_STALE = "mirror-stale"
    MIRROR_ORPHANED = "mirror-orphaned"
    FILE_UNMANAGED = "file-unmanaged"
    FILE_STRAY = "file-stray"
    FILE_IGNORED = "file-ignored"
    SANDBOX_ORPHANED = "sandbox-orphaned"
    KUBELET_DOWN = "kubelet-down"
    FOLDER_UNREAD = "folder-unread"
    MIRROR_ELSEWHERE = "mirror-elsewhere"
    SWITCH_ARMED = "switch-armed"
    SWITCH_FIRED = "switch-fired"
    NODE_HELD = "node-held"
    WAIVER_EXPIRED = "waiver-expired"
    CERTIFICATE_EXPIRING = "certificate-expiring"
    CERTIFICATE_EXPIRED = "certificate-expired"
    CERTIFICATE_STALE = "certificate-stale"


class Excuse(Enum):
    """Why a finding does not count as drift."""

    LOCK_HELD = "lock-held"
    ROLLOUT = "rollout"
    STARTING = "starting"
    ENDING = "ending"
    BESIDE = "beside"
    FOLDER_CHANGED = "folder-changed"
    RETURNING = "returning"
    WAIVED = "waived"
    HELD = "held"


class Condition(Enum):
    """What one source shows of a pod."""

    UNAVAILABLE = "unavailable"
    GONE = "gone"
    FILE_ABSENT = "file-absent"
    FILE_PRESENT = "file-present"
    FILE_DIFFERS = "file-differs"
    POD_DEFINED_TWICE = "pod-defined-twice"
    DUPLICATE_SANDBOXES = "duplicate-sandboxes"
    OTHER_MANIFEST = "other-manifest"
    NOT_RUNNING = "not-running"
    CONTAINERS_DOWN = "containers-down"
    NOT_STARTED = "not-started"
    CRASH_LOOPING = "crash-looping"
    COMPLETED = "completed"
    STILL_RUNS = "still-runs"
    NO_MIRROR = "no-mirror"
    NAME_OWNED = "name-owned"
    NAME_REUSED = "name-reused"
    MIRROR_OF_OLD_POD = "mirror-of-old-pod"
    MIRROR_DELETING = "mirror-deleting"
    MIRROR_STAYS = "mirror-stays"
    HELD_BY_FINALIZER = "held-by-finalizer"
    SUCCEEDED = "succeeded"
    CONTAINER_CREATING = "container-creating"
    CRASH_BACK_OFF = "crash-back-off"
    CONTAINER_WAITS = "container-waits"
    CONTAINERS_NOT_READY = "containers-not-ready"
    PENDING = "pending"
    FAILED = "failed"
    NOT_READY = "not-ready"


class Guarded(Enum):
    """Why a node of a guarded group must not be changed now."""

    UNKNOWN = "unknown"
    LEARNER = "learner"
    ALARM = "alarm"
    QUORUM = "quorum"
    AVAILABLE = "available"
    NO_HOLDER = "no-holder"
    HOLDERS = "holders"
    SILENT = "silent"
    NO_API = "no-api"
    NO_SUCCESSOR = "no-successor"
    LOCKED = "locked"
    LEASED = "leased"
    ARMED = "armed"
    CORDONED = "cordoned"
    SHUTTING_DOWN = "shutting-down"
    NOT_BACK = "not-back"


Kind = Conflict | Difference | Check | Condition | Drift | Excuse | Guarded
KindT = TypeVar("KindT", bound=Kind)
KindT_co = TypeVar("KindT_co", bound=Kind, covariant=True)
Datum = str | tuple[str, ...]


class Reason(Struct, Generic[KindT_co], frozen=True):
    """A kind and what it is about, by name: `Conflict.PORT_TAKEN` with `other="web.yaml"`."""

    kind: KindT_co
    data: tuple[tuple[str, Datum], ...] = ()


def because(kind: KindT, /, **data: Datum) -> Reason[KindT]:
    return Reason(kind, tuple(data.items()))
