"""JSON, merge and strategic merge patches."""

from __future__ import annotations

from podwright_lab.api.api_error import ApiError, bad_request
from podwright_lab.api.objects import Json, Object, as_json, clone

#: What identifies the entries of these lists (`patchMergeKey` in `staging/src/k8s.io/api/core/v1/types.go`).
_MERGE_KEYS = {
    "containers": "name",
    "initContainers": "name",
    "ephemeralContainers": "name",
    "volumes": "name",
    "env": "name",
    "imagePullSecrets": "name",
    "resourceClaims": "name",
    "volumeMounts": "mountPath",
    "volumeDevices": "devicePath",
    "ports": "containerPort",
    "hostAliases": "ip",
    "podIPs": "ip",
    "hostIPs": "ip",
    "topologySpreadConstraints": "topologyKey",
    "conditions": "type",
    "addresses": "type",
    "ownerReferences": "uid",
}
#: Lists of plain values that are merged as sets.
_SETS = frozenset(("finalizers", "podCIDRs"))
_MOST_OPERATIONS, _LONGEST_COPY = 1000, 1 << 16
_PREFIX_ORDER, _PREFIX_DELETE = "$setElementOrder/", "$deleteFromPrimitiveList/"


def apply_patch(patch_type: str, target: Object, patch: Json) -> Object:
    """Return `target` changed by `patch`, which is `json`, `merge` or `strategic`; raises ApiError 400 or 422."""
    if patch_type == "json":
        return _json_patched(target, patch)
    if not isinstance(patch, dict):
        raise bad_request("json: cannot unmarshal into Go value of type map[string]interface {}")
    merged = _merged(target, patch) if patch_type == "merge" else _strategic(target, patch)
    if not isinstance(merged.get("metadata"), dict):
        raise bad_request("a patch cannot take away the metadata")
    return merged


def _merged(target: object, patch: Object) -> Object:
    """RFC 7386."""
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = _merged(result.get(name), value) if isinstance(value, dict) else clone(value)
    return result


def _strategic(target: object, patch: Object) -> Object:
    if patch.get("$patch") == "replace":
        return {name: clone(value) for name, value in patch.items() if name != "$patch"}
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if name.startswith(_PREFIX_DELETE):
            field = name.removeprefix(_PREFIX_DELETE)
            result[field] = [entry for entry in result.get(field) or () if entry not in value]
        elif name.startswith("$"):
            continue
        elif value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            result[name] = _strategic(result.get(name), value)
        elif isinstance(value, list):
            result[name] = _strategic_list(name, result.get(name) or [], value)
        else:
            result[name] = value
    for name, order in patch.items():
        if name.startswith(_PREFIX_ORDER):
            _put_in_order(result, name.removeprefix(_PREFIX_ORDER), order)
    return _only_retained(result, patch)


def _only_retained(result: Object, patch: Object) -> Object:
    kept = patch.get("$retainKeys")
    return result if kept is None else {name: value for name, value in result.items() if name in kept}


def _strategic_list(name: str, target: list[Json], patch: list[Json]) -> list[Json]:
    if name in _SETS:
        return [*target, *(entry for entry in patch if entry not in target)]
    key = _MERGE_KEYS.get(name)
    if key is None or not all(isinstance(entry, dict) for entry in (*patch, *target)):
        return list(clone(patch))
    if any(entry.get("$patch") == "replace" for entry in patch):
        return [clone(entry) for entry in patch if entry.get("$patch") != "replace"]
    result = list(target)
    for entry in patch:
        _merge_entry(result, key, entry)
    return result


def _merge_entry(result: list[Json], key: str, entry: Object) -> None:
    if key not in entry:
        raise bad_request(f"map: {entry} does not contain declared merge key: {key}")
    index = next((place for place, known in enumerate(result) if known.get(key) == entry[key]), None)
    if entry.get("$patch") == "delete":
        if index is not None:
            del result[index]
    elif index is None:
        result.append(_strategic({}, entry))
    else:
        result[index] = _strategic(result[index], entry)


def _put_in_order(result: Object, name: str, order: list[Json]) -> None:
    key = _MERGE_KEYS.get(name)
    wanted = [entry.get(key) if isinstance(entry, dict) else entry for entry in order]

    def place(entry: Json) -> int:
        value = entry.get(key) if isinstance(entry, dict) else entry
        return wanted.index(value) if value in wanted else len(wanted)

    if isinstance(result.get(name), list):
        result[name] = sorted(result[name], key=place)


def _json_patched(target: Object, operations: Json) -> Object:
    """RFC 6902."""
    if not isinstance(operations, list) or not all(isinstance(operation, dict) for operation in operations):
        raise bad_request("json: cannot unmarshal object into Go value of type jsonpatch.Patch")
    if len(operations) > _MOST_OPERATIONS:
        message = (
            f"The allowed maximum operations in a JSON patch is {_MOST_OPERATIONS}, got {len(operations)}"
        )
        raise ApiError(413, "RequestEntityTooLarge", message)
    document: Json = {"": target}
    for operation in operations:
        try:
            _operate(document, operation)
        except (KeyError, IndexError, ValueError, TypeError, AttributeError):
            message = f"the server rejected our request due to an error in our request: {operation.get('op')} operation"
            raise ApiError(422, "Invalid", message) from None
    result = document[""]
    if not isinstance(result, dict) or not isinstance(result.get("metadata"), dict):
        raise bad_request("a patch cannot take away the metadata")
    return result


def _operate(document: Json, operation: Object) -> None:
    name = operation["op"]
    path = _pointer(operation["path"])
    if name == "test":
        if _at(document, path) != operation["value"]:
            raise ValueError(name)
    elif name == "remove":
        _take(document, path)
    elif name in ("add", "replace"):
        if name == "replace":
            _take(document, path)
        _put(document, path, clone(operation["value"]))
    elif name in ("move", "copy"):
        source = _pointer(operation["from"])
        value = _take(document, source) if name == "move" else _copied(document, source)
        _put(document, path, value)
    else:
        raise ValueError(name)


def _copied(document: Json, source: list[str]) -> Json:
    """A copy of a part; raises ValueError if copies of copies would grow without bound."""
    value = _at(document, source)
    if len(as_json(value)) > _LONGEST_COPY:
        raise ValueError("the copy is too large")
    return clone(value)


def _pointer(path: str) -> list[str]:
    """The steps of a JSON pointer (RFC 6901); the first is the empty name that the document itself has."""
    return [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")]


def _at(document: Json, path: list[str]) -> Json:
    for step in path:
        document = document[_index(document, step)]
    return document


def _index(container: Json, step: str) -> Json:
    if not isinstance(container, list):
        return step
    index = int(step)
    if index < 0:
        raise IndexError(step)
    return index


def _take(document: Json, path: list[str]) -> Json:
    container = _at(document, path[:-1])
    return container.pop(_index(container, path[-1]))


def _put(document: Json, path: list[str], value: Json) -> None:
    container = _at(document, path[:-1])
    if not isinstance(container, list):
        container[path[-1]] = value
    elif path[-1] == "-":
        container.append(value)
    else:
        index = _index(container, path[-1])
        if index > len(container):
            raise IndexError(path[-1])
        container.insert(index, value)
