"""When a request to the API is tried again."""

from __future__ import annotations

import pytest

from podwright.remote.kube.responses import Response
from podwright.remote.kube.retries import pause_before_retry


@pytest.mark.parametrize(
    ("response", "attempt", "least", "most"),
    [
        (Response(500, b""), 0, 0.1, 0.2),
        (Response(500, b""), 1, 0.2, 0.4),
        (Response(500, b""), 2, None, None),
        (Response(429, b"", 3.0), 5, 3.0, 3.2),
        (Response(429, b"", 9999.0), 0, 30.0, 30.2),
        (Response(400, b"", 3.0), 0, None, None),
    ],
)
def test_pauses_before_the_next_attempt(response, attempt, least, most):
    pause = pause_before_retry(response, attempt)
    assert (pause is None) == (least is None)
    assert pause is None or least <= pause <= most
