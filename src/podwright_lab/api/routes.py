"""From a request to the store and back: the verbs of the Kubernetes API."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from podwright_lab.api import discovery, reviews, tables
from podwright_lab.api.access import check_access, check_path
from podwright_lab.api.api_error import ApiError, bad_request
from podwright_lab.api.bodies import (
    delete_options,
    field_warnings,
    is_dry_run,
    json_of,
    object_of,
    patch_type_of,
)
from podwright_lab.api.kinds import Kind
from podwright_lab.api.messages import Answer, Request, error_answer, json_answer
from podwright_lab.api.objects import Object
from podwright_lab.api.paths import Target, target_of, verb_of
from podwright_lab.api.store import Store
from podwright_lab.api.watching import Watch, WatchEvent

#: Given a node's name, what its kubelet shows at /configz.
NodeConfig = Callable[[str], Object]

#: A watch without `timeoutSeconds` ends by itself; kube-apiserver draws between this and its double.
_WATCH_SECONDS = 1800
#: How often an idle watch looks whether its client is still there.
_LOOK_SECONDS = 5.0
_BOOKMARK_SECONDS = 60.0


class Api:
    """Answers requests of known users from the store."""

    def __init__(self, store: Store, node_config: NodeConfig | None) -> None:
        self._store = store
        self._node_config = node_config
        self._verbs: dict[str, Callable[[Request, Target], Answer]] = {
            "get": self._get,
            "list": self._list,
            "watch": self._watch,
            "create": self._create,
            "update": self._update,
            "patch": self._patch,
            "delete": self._delete,
            "deletecollection": self._deletecollection,
        }

    def answer(self, request: Request) -> Answer:
        """Raises ApiError for every refusal, ApiUnavailable while the store is down."""
        target = target_of(request.path)
        if target is None:
            return self._nonresource(request)
        verb = verb_of(request, target)
        check_access(request.user, target.attributes(verb))
        if target.subresource and target.subresource != "status":
            return self._subresource(request, target)
        return self._verbs[verb](request, target)

    def _nonresource(self, request: Request) -> Answer:
        if reviews.is_review(request.path):
            return reviews.answer(request)
        check_path(request.user, request.method.lower(), request.raw_path)
        return discovery.answer(request)

    def _get(self, request: Request, target: Target) -> Answer:
        found = self._store.get(target.kind.plural, target.namespace, target.name)
        return self._shown(request, target.kind, found)

    def _shown(self, request: Request, kind: Kind, found: Object) -> Answer:
        if not tables.wanted(request.accept):
            return json_answer(found)
        metadata = {"resourceVersion": found["metadata"].get("resourceVersion", "")}
        return json_answer(tables.table(kind, (found,), metadata, self._store.now(), request.query))

    def _list(self, request: Request, target: Target) -> Answer:
        query = request.query
        exact = query.get("resourceVersionMatch") == "Exact"
        page = self._store.page(
            target.kind.plural,
            target.namespace,
            query.get("labelSelector", ""),
            query.get("fieldSelector", ""),
            limit=request.number("limit"),
            continue_token=query.get("continue"),
            resource_version=query.get("resourceVersion"),
            exact=exact,
        )
        metadata: Object = {"resourceVersion": page.resource_version}
        if page.continue_token:
            metadata["continue"] = page.continue_token
        if page.remaining:
            metadata["remainingItemCount"] = page.remaining
        if tables.wanted(request.accept):
            table = tables.table(target.kind, page.items, metadata, self._store.now(), request.query)
            return json_answer(table)
        return json_answer(_list_of(target.kind, page.items, metadata))

    def _watch(self, request: Request, target: Target) -> Answer:
        query = request.query
        initial = request.flag("sendInitialEvents")
        if initial and query.get("resourceVersionMatch") != "NotOlderThan":
            raise bad_request("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")
        try:
            watch = self._store.watch(
                target.kind.plural,
                target.namespace,
                query.get("labelSelector", ""),
                query.get("fieldSelector", ""),
                resource_version=query.get("resourceVersion"),
                bookmarks=request.flag("allowWatchBookmarks"),
                timeout=float(request.number("timeoutSeconds") or _WATCH_SECONDS),
                initial_events=initial,
            )
        except ApiError as error:
            if error.code != 410:
                raise
            # the API server has begun its answer when it finds out: the refusal is an event of the stream
            line = b'{"type":"ERROR","object":%s}\n' % error_answer(error).body.strip()
            return Answer(stream=iter((line,)))
        encode = tables.watch_encoder(target.kind, self._store.now, request) or WatchEvent.line
        return Answer(stream=_lines(watch, encode))

    def _create(self, request: Request, target: Target) -> Answer:
        body = object_of(request)
        metadata = body.setdefault("metadata", {})
        if target.kind.namespaced and isinstance(metadata, dict):
            given = metadata.setdefault("namespace", target.namespace)
            if given != target.namespace:
                raise bad_request(
                    "the namespace of the provided object does not match the namespace sent on the request"
                )
        warnings = field_warnings(request, target.kind.plural, body)
        created = self._store.create(
            target.kind.plural, body, user=request.user, dry_run=is_dry_run(request.query.get("dryRun"))
        )
        return json_answer(created, 201, warnings)

    def _update(self, request: Request, target: Target) -> Answer:
        body = object_of(request)
        metadata = body.setdefault("metadata", {})
        if metadata.get("name", target.name) != target.name:
            raise bad_request(
                f"the name of the object ({metadata['name']}) does not match the name on the URL ({target.name})"
            )
        metadata |= {"name": target.name} | ({"namespace": target.namespace} if target.namespace else {})
        field_warnings(request, target.kind.plural, body)
        updated = self._store.update(
            target.kind.plural,
            body,
            user=request.user,
            subresource=target.subresource,
            dry_run=is_dry_run(request.query.get("dryRun")),
        )
        return self._shown(request, target.kind, updated)

    def _patch(self, request: Request, target: Target) -> Answer:
        patch_type = patch_type_of(request)
        patched = self._store.patch(
            target.kind.plural,
            target.namespace,
            target.name,
            json_of(request),
            patch_type=patch_type,
            user=request.user,
            subresource=target.subresource,
            dry_run=is_dry_run(request.query.get("dryRun")),
        )
        return self._shown(request, target.kind, patched)

    def _delete(self, request: Request, target: Target) -> Answer:
        options = delete_options(request)
        gone = self._store.delete(
            target.kind.plural,
            target.namespace,
            target.name,
            grace_seconds=options.grace_seconds,
            preconditions_uid=options.uid,
            user=request.user,
            dry_run=options.dry_run,
        )
        if target.kind.plural in ("pods", "namespaces") or gone["metadata"].get("finalizers"):
            return json_answer(gone)
        details = {"name": target.name, "kind": target.kind.plural, "uid": gone["metadata"]["uid"]}
        status = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Success",
            "details": details,
        }
        return json_answer(status)

    def _deletecollection(self, request: Request, target: Target) -> Answer:
        options, query = delete_options(request), request.query
        selectors = query.get("labelSelector", ""), query.get("fieldSelector", "")
        page = self._store.page(target.kind.plural, target.namespace, *selectors)
        for item in page.items:
            metadata = item["metadata"]
            self._store.delete(
                target.kind.plural,
                metadata.get("namespace"),
                metadata["name"],
                grace_seconds=options.grace_seconds,
                user=request.user,
                dry_run=options.dry_run,
            )
        return json_answer(
            _list_of(target.kind, page.items, {"resourceVersion": self._store.resource_version})
        )

    def _subresource(self, request: Request, target: Target) -> Answer:
        self._store.get(target.kind.plural, target.namespace, target.name)
        asked = (target.kind.plural, target.subresource, *target.extra)
        if request.method == "GET" and asked == ("nodes", "proxy", "configz") and self._node_config:
            return json_answer(self._node_config(target.name))
        path = "/".join(asked[1:])
        message = f"the lab's API does not serve `{path}` of {target.kind.plural}"
        raise ApiError(501, "NotImplemented", message)


def _list_of(kind: Kind, items: tuple[Object, ...], metadata: Object) -> Object:
    bare = [
        {name: value for name, value in item.items() if name not in ("kind", "apiVersion")} for item in items
    ]
    return {"kind": f"{kind.kind}List", "apiVersion": kind.api_version, "metadata": metadata, "items": bare}


def _lines(watch: Watch, encode: Callable[[WatchEvent], bytes]) -> Iterator[bytes]:
    """A watch as the body of an answer; an empty part asks the connection whether anybody still listens."""
    try:
        for events in watch.batches(bookmark_after=_BOOKMARK_SECONDS, look_after=_LOOK_SECONDS):
            yield b"".join(encode(event) for event in events)
    finally:
        watch.close()
