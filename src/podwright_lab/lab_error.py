"""The failures of starting, asking or breaking a lab that a person can do something about."""

from __future__ import annotations

from podwright.errors import PodwrightError, UsageError


class LabError(PodwrightError):
    """The lab could not be started, reached or changed."""


class LabUsageError(UsageError):
    """The lab was asked for a node or a breakage that it does not have."""
