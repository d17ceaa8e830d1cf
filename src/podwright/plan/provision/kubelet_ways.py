"""How a kubelet is told our settings: in the folder of drop-ins it reads, in one turned on for it, or in its main file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from podwright.inventory.provisioning import FileEntry
from podwright.plan.provision.declared_items import Text, file_item
from podwright.plan.provision.item import Item, Kind
from podwright.plan.provision.kubelet_asks import TURNED_ON, KubeletAsks
from podwright.plan.provision.kubelet_config import config_of, with_ours
from podwright.plan.provision.kubelet_observed import KubeletSeen
from podwright.plan.provision.mark import is_marked, marked, source_of
from podwright.plan.provision.observed import NodeSeen
from podwright.pods.go_values import UnreadableError
from podwright.pods.go_yaml import decode
from podwright.pods.yaml_writer import to_yaml
from podwright.validation.kubelet.document import patched

#: the node's state of a kubelet without the flag begins so
NO_FOLDER = "reads no drop-ins"
_SOURCE = "podwright_node.kubelet"
_PATH = r"(?:/[A-Za-z0-9_.@+-]+)+"
#: as the unit of kubeadm has them in a variable, and as they are once we added the folder
_ARGUMENTS = re.compile(rf"(--config={_PATH})(?: --config-dir={_PATH})?")
#: of a variable that is assigned twice systemd takes the later
_DROP_IN = """\
[Service]
Environment="KUBELET_CONFIG_ARGS={arguments} --config-dir={folder}"
"""


class Way(Struct, frozen=True):
    """The items with what tells the kubelet, the node with what it shows of that, and the kubelet as it reads it then.

    `why_main` says why it is its main file, of which there may be a `problem`.
    """

    items: tuple[Item, ...]
    seen: NodeSeen
    kubelet: KubeletSeen
    why_main: str = ""
    problem: str = ""


def way_to_tell(items: tuple[Item, ...], item: Item, seen: NodeSeen, kubelet: KubeletSeen) -> Way:
    """What turns the folder on stays part of the node's items, so that it is mended like any other file."""
    asks = KubeletAsks(*item.asks)
    text = next(one.text for one in items if one.key == asks.file)
    read = with_ours(kubelet, asks, text)
    unread = seen.things[item.name].state.startswith(NO_FOLDER)
    if unread and (why := next(_against(items, item, seen, kubelet), "")):
        return _in_main_file(items, item, seen, kubelet, why)
    arguments = _ARGUMENTS.fullmatch(kubelet.ways.arguments)
    if not arguments or not (unread or kubelet.ways.unit.recorded):
        return Way(items, seen, read)
    path = f"/etc/systemd/system/{item.key}.service.d/{TURNED_ON}"
    unit = Text(_DROP_IN.format(arguments=arguments[1], folder=asks.folder), _SOURCE)
    at = items.index(item)
    told = (*items[:at], file_item(FileEntry(path), unit), *items[at:])
    return Way(told, replace(seen, things={**seen.things, path: kubelet.ways.unit}), read)


def _against(items: tuple[Item, ...], item: Item, seen: NodeSeen, kubelet: KubeletSeen) -> Iterator[str]:
    """Why the folder cannot be turned on so that nothing but our settings changes."""
    asks = KubeletAsks(*item.asks)
    if _stand_in_main_file(items, kubelet):
        yield "they stand there already"
    if seen.facts.init != "systemd" or not _ARGUMENTS.fullmatch(kubelet.ways.arguments):
        yield "no `KUBELET_CONFIG_ARGS` of a systemd unit, to which it could be added, starts it"
    if not re.fullmatch(_PATH, asks.folder):
        yield "its name holds characters that a unit reads in its own way"
    if kubelet.ways.other_drop_in:
        yield f"`{kubelet.ways.other_drop_in}` lies there, which it would read too"
    ours = _values(next(one.text for one in items if one.key == asks.file))
    before = config_of(kubelet).config
    after = config_of(with_ours(kubelet, asks, _EMPTY)).config
    for name in sorted(before.keys() | after.keys()):
        # an empty list that is lost means the same unless a default takes its place
        if name not in ours and (before.get(name) or None) != (after.get(name) or None):
            yield f"`{name}` of its main file would no longer count, which no folder of drop-ins keeps as it is"


def _stand_in_main_file(items: tuple[Item, ...], kubelet: KubeletSeen) -> bool:
    """A file of ours without a mark was written again since; one that is declared itself is ours for that."""
    unmarked_or_told = source_of(kubelet.main or b"") in ("", _SOURCE)
    return kubelet.ways.main.recorded and unmarked_or_told and not _is_declared(items, kubelet)


def _is_declared(items: tuple[Item, ...], kubelet: KubeletSeen) -> bool:
    return any(item.key == kubelet.flags.get("config") for item in items)


def _in_main_file(items: tuple[Item, ...], item: Item, seen: NodeSeen, kubelet: KubeletSeen, why: str) -> Way:
    """Of a file that was written again since we did, the new text counts, and is kept again."""
    path, main = kubelet.flags.get("config", ""), kubelet.ways.main
    asks = KubeletAsks(*item.asks)
    if not re.fullmatch(_PATH, path):
        return Way(items, seen, kubelet, why, "it has no main file either")
    if _is_declared(items, kubelet):
        return Way(items, seen, kubelet, why, f"`{path}` is declared itself, so they cannot stand there")
    ours = main.recorded and is_marked(kubelet.main or b"")
    document = _values(main.original if ours and main.original else kubelet.main or b"")
    if not document:
        return Way(items, seen, kubelet, why, f"`{path}` cannot be read")
    text = to_yaml(patched(document, _values(next(one.text for one in items if one.key == asks.file))))
    whole = marked(text, _SOURCE, "#")
    digest = hashlib.sha256(whole.encode()).hexdigest()
    file = Item(Kind.FILE, path, " ".join(("file", digest, *main.state.split()[2:5])), whole)
    told = replace(
        item, state=f"{NO_FOLDER} current=yes", asks=replace(asks, folder="", file="", main=path).words
    )
    shown = replace(main, content=kubelet.main or b"", recorded=ours)
    return Way(
        tuple({item: told}.get(one, file if one.key == asks.file else one) for one in items),
        replace(seen, things={**seen.things, path: shown}),
        replace(kubelet, main=whole.encode()),
        why,
    )


_EMPTY = '{"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration"}'


def _values(text: str | bytes) -> Mapping[str, object]:
    try:
        value = decode(text.encode() if isinstance(text, str) else text).value
    except UnreadableError:
        return {}
    return value if isinstance(value, Mapping) else {}
