from __future__ import annotations

import pytest
from tests.fakes.judged_kubelets import moment


@pytest.mark.parametrize(
    ("text", "minor", "expected"),
    [
        ("imageMinimumGCAge: -1s", 36, "trial"),
        ("imageMaximumGCAge: 1h", 36, ""),
        ("imageGCLowThresholdPercent: 85", 36, "trial"),
        ("maxParallelImagePulls: 0", 36, "trial"),
        ("imagePullCredentialsVerificationPolicy: Sometimes", 32, ""),
        ("imagePullCredentialsVerificationPolicy: Sometimes", 33, "trial"),
        (
            "imagePullCredentialsVerificationPolicy: NeverVerifyAllowlistedImages\n"
            "preloadedImagesVerificationAllowlist: [a]",
            36,
            "",
        ),
    ],
)
def test_what_a_kubelet_of_a_version_refuses(text: str, minor: int, expected: str) -> None:
    assert moment(text, minor=minor) == expected
