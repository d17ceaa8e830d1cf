"""Which requests to the API are tried again, how often, and after how long."""

from __future__ import annotations

import random

from podwright.remote.kube.responses import Response

ATTEMPTS = 6
#: without Retry-After
_ATTEMPTS_WITHOUT_RETRY_AFTER = 3
_MAX_RETRY_AFTER_SECONDS = 30.0
_RETRIED = frozenset({429, 500, 502, 503, 504})


def pause_before_retry(response: Response, attempt: int) -> float | None:
    """Seconds to wait before the next attempt; None if another attempt cannot help."""
    if response.status not in _RETRIED:
        return None
    if response.retry_after is not None:
        # with jitter, so that clients that were sent away do not come back at once
        return min(response.retry_after, _MAX_RETRY_AFTER_SECONDS) + random.random() * 0.2  # noqa: S311
    if attempt + 1 >= _ATTEMPTS_WITHOUT_RETRY_AFTER:
        return None
    return 0.2 * 2.0**attempt * (0.5 + random.random() / 2)  # noqa: S311
