"""The failures we expect: what happened, where, what to do about it, and the exit code it means."""

from __future__ import annotations

from collections.abc import Iterable

from podwright.exit_codes import ExitCode
from podwright.problem import Problem


class PodwrightError(Exception):
    """A failure we expect: shown as `error: MESSAGE`, a blank line and `hint: HINT`, without a traceback."""

    exit_code = ExitCode.FAILED

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def problems(self) -> tuple[Problem, ...]:
        return (Problem(self.message, self.hint),)


class UsageError(PodwrightError):
    """The command line asks for what cannot be: exit code 2."""

    exit_code = ExitCode.USAGE


class ProblemsError(PodwrightError):
    """Everything wrong with a set of files, reported at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self._problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self._problems))

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self._problems


class InventoryError(ProblemsError):
    """The inventory cannot be read as one."""


class TemplateError(ProblemsError):
    """A template cannot be rendered."""


class ManifestError(ProblemsError):
    """A text is not a manifest that a kubelet would run."""


class HostError(PodwrightError):
    """A node could not be reached, or did not do what it was asked."""


class HostUnreachableError(HostError):
    """No connection: refused, timed out, or its name does not resolve."""


class PortClosedError(HostUnreachableError):
    """The node answered that nothing takes connections at a port."""


class ForwardingRefusedError(HostUnreachableError):
    """The node's sshd does not connect to ports for us."""


class HostKeyError(HostError):
    """The host key is unknown, changed or revoked."""


class AuthenticationError(HostError):
    """The node refused our keys and passwords, or sudo did."""


class BecomeError(AuthenticationError):
    """The node was reached and let us in, and sudo refused."""


class HostTimeoutError(HostError):
    """The node did not answer in time; what was sent may or may not have been done."""


class ProgramError(HostError):
    """A program on a node failed; `exit_status` is -1 when a signal ended it, `stderr` its own message."""

    def __init__(self, node: str, exit_status: int, stderr: bytes) -> None:
        self.exit_status, self.stderr = exit_status, stderr
        super().__init__(
            f"{node}: a program on the node ended with status {exit_status}: {self.complaint}",
            "see in `dmesg` on the node whether it ran out of memory, then run the same command again"
            if exit_status in (-1, 137)
            else "run the same command again",
        )

    @property
    def complaint(self) -> str:
        """The first line of its errors, bounded."""
        lines = self.stderr.decode("utf-8", "replace").strip().splitlines()
        return lines[0][:300] if lines else "no reason given"


class HostileOutputError(HostError):
    """The node sent more than any honest node would, or something that is not an answer."""


class ClusterError(PodwrightError):
    """The API could not be asked, so its pods are unknown; `reason` is one line for the report."""

    @property
    def reason(self) -> str:
        return self.message


class KubeconfigError(ClusterError):
    """The kubeconfig is missing, unreadable, or asks for what this client does not do."""


class NoKubeconfigError(KubeconfigError):
    """There is no cluster to ask: no kubeconfig anywhere, and podwright does not run inside a pod."""


class ClusterForbiddenError(ClusterError):
    """The API answered 401 or 403."""


class ClusterUnreachableError(ClusterError):
    """No connection to the API: refused, dropped, no route, or its name does not resolve."""


class ClusterTimeoutError(ClusterError):
    """The API did not answer in time."""


class ClusterCertificateError(ClusterError):
    """One side of the TLS handshake does not trust the other's certificate."""


class ClusterAnswerError(ClusterError):
    """The API answered with an error, with more than any honest API would, or with something that is not an answer."""
