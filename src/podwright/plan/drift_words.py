"""The words for what differs from the inventory, and for why it does not count."""

from __future__ import annotations

from podwright.plan.reasons import Drift, Excuse, Kind

DRIFT: dict[Kind, str] = {
    Drift.FILE_MISSING: "it should be there",
    Drift.FILE_COSMETIC: "its bytes are not those that podwright writes, and mean the same pod",
    Drift.FILE_LABEL: "SELinux label `{label}` instead of `{wanted}`",
    Drift.FILE_UNWANTED: "it should be absent",
    Drift.FOLDER_OPEN: "others can put manifests into it (owner {owner}, mode {mode})",
    Drift.POD_NOT_RUNNING: "the kubelet did not start it: {why}",
    Drift.POD_RESTARTED: "container `{name}` was started again {count} since the check before{ends}",
    Drift.POD_ORPHANED: "it runs although no file defines it",
    Drift.MIRROR_MISSING: "the API has no pod `{pod}`: {why}",
    Drift.MIRROR_ORPHANED: "the API shows it although no file defines its pod",
    Drift.MIRROR_ELSEWHERE: "the inventory has no node `{node}`, and the API shows a pod of ours on it",
    Drift.CERTIFICATE_EXPIRING: "the certificate of `{subject}` ends in {days}",
    Drift.CERTIFICATE_EXPIRED: "the certificate of `{subject}` ended {days} ago",
    Drift.CERTIFICATE_STALE: "port {port} still serves the certificate of `{subject}` that this one replaced",
    Drift.WAIVER_EXPIRED: "the waiver of `{drift}` ended on {until}: {reason}",
    Drift.SWITCH_ARMED: "the run {run} that wrote it is not confirmed ({who})",
    Drift.SWITCH_FIRED: "the node took it back: the run {run} was not confirmed in time",
    Drift.NODE_HELD: "{who} holds it until {until}: {reason}",
    Drift.FILE_UNMANAGED: "podwright did not write it; the kubelet runs its pod `{pod}`",
    Drift.FILE_STRAY: "it has no name of a manifest; the kubelet runs its pod `{pod}` all the same",
    Drift.FILE_IGNORED: "the kubelet runs nothing of it: {why}",
    Drift.SANDBOX_ORPHANED: "it runs although no file defines it, and podwright did not write it",
}
EXCUSES: dict[Kind, str] = {
    Excuse.LOCK_HELD: "{owner} holds the node's lock",
    Excuse.ROLLOUT: "{who} is at work on {node}, or just was",
    Excuse.STARTING: "its pod has just been started",
    Excuse.ENDING: "its file was just written, and its pod is about to run",
    Excuse.BESIDE: "a run is replacing it: one of its slots goes once the pod of the other is proven",
    Excuse.FOLDER_CHANGED: "the folder has just changed, by which its pod may be ending",
    Excuse.RETURNING: "the check before reported it, and the kubelet creates it again within 90 s",
    Excuse.HELD: "{who} holds it until {until}: {reason}",
    Excuse.WAIVED: "until {until}: {reason}",
}
