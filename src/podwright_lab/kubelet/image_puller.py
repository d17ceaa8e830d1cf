"""Makes sure that a container's image is on the node (`pkg/kubelet/images/image_manager.go`)."""

from __future__ import annotations

from podwright_lab.api.api_error import Object
from podwright_lab.api.defaults import pull_policy
from podwright_lab.kubelet.agenda import Process
from podwright_lab.kubelet.back_off import BackOff
from podwright_lab.kubelet.container_status import Failure
from podwright_lab.kubelet.event_recorder import EventRecorder
from podwright_lab.kubelet.images import ImageStore, is_reference
from podwright_lab.kubelet.run import Run
from podwright_lab.kubelet.static_pod import uid_of


class ImagePuller:
    """Pulls for the kubelet, with its waits and Events: nothing leaves the machine."""

    def __init__(self, run: Run, images: ImageStore, events: EventRecorder) -> None:
        self._run = run
        self._images = images
        self._events = events
        self._waits: BackOff[tuple[str, str]] = BackOff(
            run.timing.crash_back_off, run.timing.crash_back_off_limit
        )
        self._failed_at: dict[tuple[str, str], float] = {}
        self._errors: dict[tuple[str, str], str] = {}

    def ensure(self, pod: Object, spec: Object) -> Process:
        """Returns a Failure, or None when the image is there."""
        image = spec["image"]
        if not is_reference(image):
            return self._bad_name(pod, spec)
        policy = spec.get("imagePullPolicy") or pull_policy(image)
        present = self._images.present(image)
        if policy == "Never" and not present:
            message = f'Container image "{image}" is not present with pull policy of Never'
            self._record(pod, spec, "Warning", "ErrImageNeverPull", message)
            self._record(pod, spec, "Warning", "Failed", "Error: ErrImageNeverPull")
            return Failure("ErrImageNeverPull", message)
        if present and policy != "Always":
            message = f'Container image "{image}" already present on machine and can be accessed by the pod'
            self._record(pod, spec, "Normal", "Pulled", message)
            return None
        return (yield from self._pull(pod, spec, image))

    def _pull(self, pod: Object, spec: Object, image: str) -> Process:
        key = (uid_of(pod), image)
        failed_at = self._failed_at.get(key)
        if failed_at is not None and self._waits.remaining(key, failed_at, self._run.agenda.now) > 0:
            return self._back_off(pod, spec, image, key)
        self._record(pod, spec, "Normal", "Pulling", f'Pulling image "{image}"')
        yield self._run.timing.image_pull
        error = self._images.pull(image)
        if error is None:
            self._failed_at.pop(key, None)
            self._record(pod, spec, "Normal", "Pulled", f'Successfully pulled image "{image}"')
            return None
        self._waits.next(key, self._run.agenda.now if failed_at is None else failed_at, self._run.agenda.now)
        self._failed_at[key], self._errors[key] = self._run.agenda.now, error
        self._record(pod, spec, "Warning", "Failed", f'Failed to pull image "{image}": {error}')
        self._record(pod, spec, "Warning", "Failed", "Error: ErrImagePull")
        return Failure("ErrImagePull", error)

    def _back_off(self, pod: Object, spec: Object, image: str, key: tuple[str, str]) -> Failure:
        message = f'Back-off pulling image "{image}"'
        self._record(pod, spec, "Normal", "BackOff", message)
        self._record(pod, spec, "Warning", "Failed", "Error: ImagePullBackOff")
        return Failure("ImagePullBackOff", f"{message}: ErrImagePull: {self._errors[key]}")

    def _bad_name(self, pod: Object, spec: Object) -> Failure:
        image = spec["image"]
        message = (
            f'Failed to apply default image tag "{image}": couldn\'t parse image name "{image}": '
            "invalid reference format: repository name must be lowercase"
        )
        self._record(pod, spec, "Warning", "InspectFailed", message)
        self._record(pod, spec, "Warning", "Failed", "Error: InvalidImageName")
        return Failure("InvalidImageName", message)

    def _record(self, pod: Object, spec: Object, kind: str, reason: str, message: str) -> None:
        self._events.record(pod, kind, reason, message, f"spec.containers{{{spec['name']}}}")
