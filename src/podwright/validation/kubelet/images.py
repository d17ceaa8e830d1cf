"""What a kubelet refuses of how it is to pull, check and remove images, before it asks its runtime."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from podwright.pods.go_fields import Record, flag, number, text, texts
from podwright.validation.checks import names
from podwright.validation.findings import shown
from podwright.validation.kubelet.durations import seconds
from podwright.validation.kubelet.gates import is_on

_VERIFICATION_SINCE, _NEGATIVE_AGE_REFUSED_SINCE = 33, 36
#: in full, with its registry: docker's short names are not what the kubelet compares with
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]+)?(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)+", re.ASCII)
_VERIFICATIONS = (
    "NeverVerify",
    "NeverVerifyPreloadedImages",
    "NeverVerifyAllowlistedImages",
    "AlwaysVerify",
)


def wrong_images(config: Record, gates: Mapping[str, object], minor: int) -> Iterator[tuple[str, str]]:
    """Fields with what is wrong with them, if anything."""
    yield from _collection(config, gates, minor)
    yield from _pulls(config)
    if minor >= _VERIFICATION_SINCE:
        yield from _verification(config, gates, minor)


def _collection(config: Record, gates: Mapping[str, object], minor: int) -> Iterator[tuple[str, str]]:
    low, high = number(config, "imageGCLowThresholdPercent"), number(config, "imageGCHighThresholdPercent")
    if low >= high:
        yield "imageGCLowThresholdPercent", f"is {low}, but must be less than the high threshold, {high}"
    least, most = seconds(config.get("imageMinimumGCAge")), seconds(config.get("imageMaximumGCAge"))
    if least < 0 and minor >= _NEGATIVE_AGE_REFUSED_SINCE:
        yield "imageMinimumGCAge", "must not be negative"
    if most < 0:
        yield "imageMaximumGCAge", "must not be negative"
    if most and not is_on("ImageMaximumGCAge", gates, minor):
        yield "imageMaximumGCAge", "needs the feature gate `ImageMaximumGCAge`"
    if 0 < most <= least:
        yield "imageMaximumGCAge", "must be greater than `imageMinimumGCAge`"


def _pulls(config: Record) -> Iterator[tuple[str, str]]:
    if "maxParallelImagePulls" in config:
        pulls = number(config, "maxParallelImagePulls")
        if pulls < 1:
            yield "maxParallelImagePulls", "must be positive"
        if pulls > 1 and flag(config, "serializeImagePulls"):
            yield "maxParallelImagePulls", "cannot exceed 1 while `serializeImagePulls` is true"


def _verification(config: Record, gates: Mapping[str, object], minor: int) -> Iterator[tuple[str, str]]:
    field, images = "imagePullCredentialsVerificationPolicy", "preloadedImagesVerificationAllowlist"
    policy = text(config, field)
    if is_on("KubeletEnsureSecretPulledImages", gates, minor):
        yield field, names.one_of(policy, _VERIFICATIONS)
        if texts(config, images) and policy != "NeverVerifyAllowlistedImages":
            yield images, "needs the policy `NeverVerifyAllowlistedImages`"
        for pattern in texts(config, images):
            yield images, _wrong_pattern(pattern)
    else:
        needs = "needs the feature gate `KubeletEnsureSecretPulledImages`"
        yield field, needs if policy else ""
        yield images, needs if texts(config, images) else ""


def _wrong_pattern(pattern: str) -> str:
    """Source: pkg/kubelet/images/pullmanager/image_pull_policies.go `getAllowlistImagePattern`."""
    name, ends = pattern.removesuffix("/*"), pattern.endswith("/*")
    good = bool(name) if ends else _NAME.fullmatch(name) is not None
    if good and "*" not in name and pattern == pattern.strip():
        return ""
    return f"has {shown(pattern)}, which is neither the name of an image without a tag nor one that ends with `/*`"
