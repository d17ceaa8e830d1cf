"""Reads a kubelet's main configuration file and its drop-in folder into one configuration, as the kubelet does.

Source: cmd/kubelet/app/server.go `loadConfigFile`, `mergeKubeletConfigurations`; pkg/kubelet/kubeletconfig/util/codec;
apimachinery pkg/runtime/serializer/json `unmarshal`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from posixpath import join, normpath

from msgspec import Struct

from podwright.pods.go_fields import Record, child, text
from podwright.pods.go_values import Decoded, UnreadableError
from podwright.pods.go_yaml import decode
from podwright.validation.findings import Report
from podwright.validation.go_types import fit
from podwright.validation.kubelet.defaults import of_flags_alone, with_defaults, with_evictions
from podwright.validation.kubelet.gates import locked_otherwise
from podwright.validation.kubelet.verdict import Found, Moment, Objection
from podwright.validation.schema import kubelet_types

KIND, VERSION = "KubeletConfiguration", "kubelet.config.k8s.io/v1beta1"
#: since then a merged configuration is decoded again: empty lists do not outlive it, zeros and nulls get defaults, drop-ins
#: must be of the kubelet's own kind, and what the defaults depend on cannot be mended by a later file
_MERGED_IS_DECODED_AGAIN = 32
_OPTIONAL_DURATIONS = ("containerLogMonitorInterval", "cpuCFSQuotaPeriod")
_PATHS = ("staticPodPath", "tlsCertFile", "tlsPrivateKeyFile", "resolvConf", "volumePluginDir", "podLogsDir")


class DropIn(Struct, frozen=True):
    """A file of the drop-in folder: its path from there, with `/`."""

    path: str
    content: bytes


class ConfigFiles(Struct, frozen=True):
    """What a kubelet is given. `main` is None without `--config`, `drop_ins` without `--config-dir`.

    `folder` is the main file's: there begin the relative paths that it has, but not those of drop-ins.
    """

    main: bytes | None = None
    drop_ins: tuple[DropIn, ...] | None = None
    folder_missing: bool = False
    folder: str = "/"


def read(files: ConfigFiles, minor: int, found: Found) -> dict[str, object]:
    """The configuration with its defaults; what cannot be read is refused and left out."""
    config = of_flags_alone(minor)
    if files.main is not None:
        document = _document(files.main, "", found)
        own = _fitted(document, minor, "", found) if document and _is_ours(document, "", found) else {}
        for name in _null_durations(document or {}, minor):
            found.refuse((name,), "is null, which is not a duration")
        config = with_evictions(with_defaults(_absolute(own, files.folder), minor))
    if files.folder_missing:
        found.refuse((), "the drop-in folder is not there")
    if minor >= _MERGED_IS_DECODED_AGAIN:
        for name, why in locked_otherwise(child(config, "featureGates"), minor):
            found.refuse(("featureGates", name), why)
    if files.drop_ins is None or found.refused:
        return config
    return _merged(config, files.drop_ins, minor, found)


def _null_durations(document: Mapping[str, object], minor: int) -> Iterator[str]:
    """Go asks a duration that is not optional to read a null too (apimachinery pkg/apis/meta/v1 `Duration`)."""
    for name, kind in kubelet_types(minor)[KIND].items():
        if (
            kind == "duration"
            and name not in _OPTIONAL_DURATIONS
            and name in document
            and document[name] is None
        ):
            yield name


def _absolute(own: dict[str, object], folder: str) -> dict[str, object]:
    """Source: pkg/kubelet/apis/config/helpers.go `KubeletConfigurationPathRefs`."""
    result = {**own, **_joined(own, _PATHS, folder)}
    if "authentication" in own:
        authentication = child(own, "authentication")
        x509 = child(authentication, "x509")
        x509 = {**x509, **_joined(x509, ("clientCAFile",), folder)}
        result["authentication"] = {**authentication, "x509": x509}
    return result


def _joined(record: Record, names: tuple[str, ...], folder: str) -> dict[str, object]:
    given = {name: text(record, name) for name in names if text(record, name)}
    return {name: normpath(join(folder, path)) for name, path in given.items() if not path.startswith("/")}


def read_by_kubelet(path: str) -> bool:
    """Whether a file of the drop-in folder counts: hidden ones do."""
    return path.endswith(".conf")


def _merged(
    config: dict[str, object], drop_ins: tuple[DropIn, ...], minor: int, found: Found
) -> dict[str, object]:
    merged: dict[str, object] = config
    if minor >= _MERGED_IS_DECODED_AGAIN:
        merged = {name: value for name, value in config.items() if value != []}
        if config.get("enforceNodeAllocatable") == []:
            found.warn(
                ("enforceNodeAllocatable",),
                "is an empty list, which a drop-in folder turns into the default `[pods]`",
                "write `[none]`",
            )
    patch: dict[str, object] = {}
    for drop_in in sorted(drop_ins, key=lambda one: one.path.split("/")):
        if read_by_kubelet(drop_in.path) and (document := _drop_in(drop_in, minor, found)):
            _check_names(document, minor, drop_in.path, found)
            merged, patch = patched(merged, document), patched(patch, document)
    if minor < _MERGED_IS_DECODED_AGAIN:
        # decoded over what the main file gave, so that a null in a drop-in takes away only what another drop-in set
        merged = patched(config, patch)
    fitted = _fitted(_by_any_case(merged, minor), minor, "the drop-in folder", found, quiet=True)
    return with_defaults(fitted, minor) if minor >= _MERGED_IS_DECODED_AGAIN else fitted


def patched(value: object, patch: Mapping[str, object]) -> dict[str, object]:
    """A JSON merge patch: maps merge, null removes, the rest is replaced."""
    result = dict(value) if isinstance(value, Mapping) else {}
    for name, item in patch.items():
        if item is None:
            result.pop(name, None)
        else:
            result[name] = patched(result.get(name), item) if isinstance(item, Mapping) else item
    return result


def _by_any_case(merged: Mapping[str, object], minor: int) -> dict[str, object]:
    """Go decodes the merged text without regard to case; of two that are one field, the later by name counts.

    What is no field of that version is told of the file it stands in, and no defaults of others are guessed at here.
    """
    fields = kubelet_types(minor)[KIND]
    given = ((_field(name, minor), merged[name]) for name in sorted(merged))
    return {field: value for field, value in given if field in fields}


def _field(name: str, minor: int) -> str:
    fields = kubelet_types(minor)[KIND]
    return name if name in fields else {field.lower(): field for field in fields}.get(name.lower(), name)


def _check_names(document: Mapping[str, object], minor: int, file: str, found: Found) -> None:
    """Warn of names that are no field's, at any depth; if only the case differs, the value must still fit."""
    report = Report(minor)
    fit(document, kubelet_types(minor), report, KIND)
    # that values fit is judged once all files are merged
    found.objections += (
        Objection(Moment.NEVER, note.message, note.hint, file, note.path)
        for note in report.notes
        if note.rule != "wrong-type"
    )
    for name in document.keys() - kubelet_types(minor)[KIND].keys():
        _fitted({_field(name, minor): document[name]}, minor, file, found, quiet=True)


def _drop_in(drop_in: DropIn, minor: int, found: Found) -> Mapping[str, object] | None:
    """Its document, if it may be merged: of a drop-in a kubelet takes no field twice."""
    strict = minor >= _MERGED_IS_DECODED_AGAIN
    document = _document(drop_in.content, drop_in.path, found, strict=True, versioned=strict)
    return document if document and (not strict or _is_ours(document, drop_in.path, found)) else None


def _document(
    content: bytes, file: str, found: Found, *, strict: bool = False, versioned: bool = True
) -> Mapping[str, object] | None:
    try:
        decoded = decode(content)
    except UnreadableError as error:
        found.refuse((), error.message, file=file)
        return None
    value = decoded.value
    if not content:
        found.refuse((), "the file is empty", file=file)
    elif not isinstance(value, Mapping) or not _named(value, "kind", strict=strict):
        found.refuse(("kind",), "is missing", file=file)
    elif versioned and not _named(value, "apiVersion", strict=strict):
        found.refuse(("apiVersion",), "is missing", file=file)
    else:
        _check_form(decoded, file, found, strict=strict)
        return value
    return None


def _check_form(decoded: Decoded, file: str, found: Found, *, strict: bool) -> None:
    for repeated in decoded.repeated:
        if strict:
            found.refuse((), f"`{repeated.key}` stands twice in a drop-in", file=file)
        else:
            found.warn((), f"`{repeated.key}` stands twice; the kubelet takes the last", file=file)
    if decoded.more_documents:
        found.warn((), "the kubelet reads only the first document of the file", file=file)


def _named(document: Mapping[str, object], name: str, *, strict: bool) -> object:
    """A main file's kind and version are found by any case of their names, the last by name."""
    names = (one for one in sorted(document, reverse=True) if one.lower() == name.lower())
    return document.get(name if strict else next(names, name))


def _is_ours(document: Mapping[str, object], file: str, found: Found) -> bool:
    kind, version = (_named(document, name, strict=bool(file)) for name in ("kind", "apiVersion"))
    ours = kind == KIND and version == VERSION
    if not ours:
        found.refuse((), f"the file is not a `{VERSION}` `{KIND}`", file=file)
    return ours


def _fitted(
    document: Mapping[str, object], minor: int, file: str, found: Found, *, quiet: bool = False
) -> dict[str, object]:
    report = Report(minor)
    fitted = fit(document, kubelet_types(minor), report, KIND)
    for note in report.notes:
        wrong = note.rule == "wrong-type"
        if wrong or not quiet:
            moment = Moment.TRIAL if wrong else Moment.NEVER
            hint = "" if wrong else note.hint
            found.objections.append(Objection(moment, note.message, hint, file, note.path))
    return fitted
