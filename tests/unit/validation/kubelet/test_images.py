from __future__ import annotations

import pytest
from tests.fakes.judged_kubelets import moment


@pytest.mark.parametrize(
    ("text", "minor", "expected"),
    [
        ("imageMinimumGCAge: -1s", 35, ""),
        ("imageMinimumGCAge: -1s", 36, "trial"),
        ("imageMaximumGCAge: 1h", 36, ""),
        ("imageGCLowThresholdPercent: 85", 36, "trial"),
        ("maxParallelImagePulls: 0", 36, "trial"),
        ("imagePullCredentialsVerificationPolicy: Sometimes", 32, ""),
        ("imagePullCredentialsVerificationPolicy: Sometimes", 33, "trial"),
    ],
)
def test_what_a_kubelet_of_a_version_refuses(text: str, minor: int, expected: str) -> None:
    assert moment(text, minor=minor) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("registry.example.org/team/web", ""),
        ("registry.example.org:5000/web", ""),
        ("registry.example.org/*", ""),
        ("registry.example.org", "trial"),
        ("web", "trial"),
        ("registry.example.org/web:1.2", "trial"),
        ("registry.example.org/web*", "trial"),
        ("registry.example.org/*/web", "trial"),
        ("/*", "trial"),
        (" registry.example.org/web", "trial"),
        ("", "trial"),
    ],
)
def test_images_that_need_no_verification_are_named_in_full_or_by_their_beginning(
    pattern: str, expected: str
) -> None:
    text = (
        "imagePullCredentialsVerificationPolicy: NeverVerifyAllowlistedImages\n"
        f"preloadedImagesVerificationAllowlist: ['{pattern}']"
    )
    assert moment(text, minor=36) == expected
