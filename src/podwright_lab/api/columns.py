"""The columns of each kind's table, and what stands in them (`pkg/printers/internalversion/printers.go`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from podwright_lab.api.kinds import Kind
from podwright_lab.api.objects import Object
from podwright_lab.api.pod_status import ready_count, restarts, shown_status

Cell = Callable[[Object, datetime], object]
_NONE = "<none>"
_UNKNOWN = "<unknown>"


@dataclass(frozen=True, slots=True)
class Column:
    """`wide` columns are shown with `-o wide` only."""

    name: str
    cell: Cell
    wide: bool = False
    format: str = ""

    def definition(self) -> Object:
        return {
            "name": self.name,
            "type": "string",
            "format": self.format,
            "description": self.name,
            "priority": int(self.wide),
        }


def duration(seconds: float) -> str:
    """As kubectl shows an age (`staging/src/k8s.io/apimachinery/pkg/util/duration`)."""
    whole = int(seconds)
    if whole < -1:
        return "<invalid>"
    whole = max(whole, 0)
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if whole < 120:
        return f"{whole}s"
    if minutes < 10:
        return f"{minutes}m{whole % 60}s" if whole % 60 else f"{minutes}m"
    if minutes < 180:
        return f"{minutes}m"
    if hours < 8:
        return f"{hours}h{minutes % 60}m" if minutes % 60 else f"{hours}h"
    if hours < 48:
        return f"{hours}h"
    if days < 8:
        return f"{days}d{hours % 24}h" if hours % 24 else f"{days}d"
    if days < 730:
        return f"{days}d"
    return f"{days // 365}y{days % 365}d" if days < 2920 and days % 365 else f"{days // 365}y"


def age(moment: object, now: datetime) -> str:
    """Time since an RFC 3339 timestamp."""
    try:
        then = datetime.fromisoformat(str(moment))
    except ValueError:
        return _UNKNOWN
    return duration((now - (then if then.tzinfo else then.replace(tzinfo=UTC))).total_seconds())


def of(kind: Kind) -> tuple[Column, ...]:
    return _COLUMNS.get(kind.plural, _PLAIN)


def cells(kind: Kind, item: Object, now: datetime) -> list[object]:
    return [_cell(column, item, now) for column in of(kind)]


def _cell(column: Column, item: Object, now: datetime) -> object:
    try:
        return column.cell(item, now)
    except (AttributeError, LookupError, TypeError, ValueError):
        # a client wrote a status of a shape that Go would not have taken: the other columns are still true
        return _UNKNOWN


def _name(item: Object, _: datetime) -> str:
    return str(item["metadata"]["name"])


def _age(item: Object, now: datetime) -> str:
    return age(item["metadata"].get("creationTimestamp"), now)


def _pod_restarts(pod: Object, now: datetime) -> str:
    count, last = restarts(pod)
    return f"{count} ({age(last, now)} ago)" if count and last else str(count)


def _ready(pod: Object, _: datetime) -> str:
    ready, total = ready_count(pod)
    return f"{ready}/{total}"


def _gates(pod: Object, _: datetime) -> str:
    gates = [gate["conditionType"] for gate in pod["spec"].get("readinessGates") or ()]
    true = {condition["type"] for condition in _conditions(pod) if condition.get("status") == "True"}
    return f"{sum(gate in true for gate in gates)}/{len(gates)}" if gates else _NONE


def _conditions(item: Object) -> list[Object]:
    return list((item.get("status") or {}).get("conditions") or ())


def _node_status(node: Object, _: datetime) -> str:
    ready = [condition for condition in _conditions(node) if condition.get("type") == "Ready"]
    status = ["Unknown"] if not ready else ["Ready" if ready[0].get("status") == "True" else "NotReady"]
    if (node.get("spec") or {}).get("unschedulable"):
        status.append("SchedulingDisabled")
    return ",".join(status)


def _roles(node: Object, _: datetime) -> str:
    prefix = "node-role.kubernetes.io/"
    labels = node["metadata"].get("labels") or {}
    return (
        ",".join(sorted(label.removeprefix(prefix) for label in labels if label.startswith(prefix))) or _NONE
    )


def _address(kind: str) -> Cell:
    def cell(node: Object, _: datetime) -> str:
        addresses = (node.get("status") or {}).get("addresses") or ()
        return next((str(address["address"]) for address in addresses if address.get("type") == kind), _NONE)

    return cell


def _node_info(name: str) -> Cell:
    return lambda node, _: ((node.get("status") or {}).get("nodeInfo") or {}).get(name) or _UNKNOWN


def _status(name: str, default: str = _NONE) -> Cell:
    return lambda item, _: (item.get("status") or {}).get(name) or default


def _spec(name: str) -> Cell:
    return lambda item, _: (item.get("spec") or {}).get(name) or _NONE


def _top(name: str) -> Cell:
    return lambda item, _: item.get(name, "")


def _last_seen(event: Object, now: datetime) -> str:
    last = event.get("lastTimestamp") or event.get("eventTime") or event["metadata"].get("creationTimestamp")
    return age(last, now)


def _first_seen(event: Object, now: datetime) -> str:
    return age(event.get("firstTimestamp") or event.get("eventTime"), now)


def _object(event: Object, _: datetime) -> str:
    involved = event.get("involvedObject") or {}
    return f"{str(involved.get('kind', '')).lower()}/{involved.get('name', '')}"


def _source(event: Object, _: datetime) -> str:
    source = event.get("source") or {}
    parts = source.get("component") or event.get("reportingComponent"), source.get("host")
    return ", ".join(str(part) for part in parts if part)


def _involved(name: str) -> Cell:
    return lambda event, _: (event.get("involvedObject") or {}).get(name, "")


_NAME, _AGE = Column("Name", _name, format="name"), Column("Age", _age)
_PLAIN = (_NAME, _AGE)
_COLUMNS = {
    "pods": (
        _NAME,
        Column("Ready", _ready),
        Column("Status", lambda pod, _: shown_status(pod)),
        Column("Restarts", _pod_restarts),
        _AGE,
        Column("IP", _status("podIP"), wide=True),
        Column("Node", _spec("nodeName"), wide=True),
        Column("Nominated Node", _status("nominatedNodeName"), wide=True),
        Column("Readiness Gates", _gates, wide=True),
    ),
    "nodes": (
        _NAME,
        Column("Status", _node_status),
        Column("Roles", _roles),
        _AGE,
        Column("Version", _node_info("kubeletVersion")),
        Column("Internal-IP", _address("InternalIP"), wide=True),
        Column("External-IP", _address("ExternalIP"), wide=True),
        Column("OS-Image", _node_info("osImage"), wide=True),
        Column("Kernel-Version", _node_info("kernelVersion"), wide=True),
        Column("Container-Runtime", _node_info("containerRuntimeVersion"), wide=True),
    ),
    "namespaces": (_NAME, Column("Status", _status("phase", "")), _AGE),
    "events": (
        Column("Last Seen", _last_seen),
        Column("Type", _top("type")),
        Column("Reason", _top("reason")),
        Column("Object", _object),
        Column("Subobject", _involved("fieldPath"), wide=True),
        Column("Source", _source, wide=True),
        Column("Message", lambda event, _: str(event.get("message", "")).strip()),
        Column("First Seen", _first_seen, wide=True),
        Column("Count", lambda event, _: str(event.get("count") or 1), wide=True),
        Column("Name", _name, wide=True),
    ),
    "priorityclasses": (
        _NAME,
        Column("Value", lambda item, _: str(item.get("value", 0))),
        Column("Global-Default", lambda item, _: str(bool(item.get("globalDefault"))).lower()),
        _AGE,
    ),
}
