"""When an image is pulled, and what the kubelet reports of it."""

import pytest
from tests.fakes.kubelet_bench import Bench, pod

from podwright_lab.kubelet.image_puller import ImagePuller
from podwright_lab.kubelet.images import ImageStore

GONE = "registry.invalid/x:1"


@pytest.fixture
def site(tmp_path):
    made = Bench(tmp_path, ImageStore(present=("here:1", "here:latest")))
    made.puller = ImagePuller(made.run, made.runtime.images, made.recorder)
    yield made
    made.close()


def ensure(site, image, policy=None, uid="u-1"):
    spec = {"name": "c", "image": image} | ({"imagePullPolicy": policy} if policy else {})
    return site.do(site.puller.ensure(pod(uid), spec))


def reasons(site):
    return [reason for reason, _ in site.after(0.1).events()]


@pytest.mark.parametrize(
    ("image", "policy", "told"),
    [
        ("here:1", None, ["Pulled"]),
        ("here:1", "IfNotPresent", ["Pulled"]),
        ("here:1", "Never", ["Pulled"]),
        ("here:1", "Always", ["Pulling", "Pulled"]),
        ("here", None, ["Pulling", "Pulled"]),
        ("other:1", None, ["Pulling", "Pulled"]),
        ("other:1", "Always", ["Pulling", "Pulled"]),
    ],
)
def test_an_image_is_pulled_when_the_policy_says_so(site, image, policy, told):
    assert ensure(site, image, policy) is None
    assert reasons(site) == told
    assert site.runtime.images.present(image)


def test_an_image_that_is_here_is_said_to_be(site):
    ensure(site, "here:1")
    assert site.after(0.1).events() == [
        ("Pulled", 'Container image "here:1" already present on machine and can be accessed by the pod')
    ]


@pytest.mark.parametrize(
    ("image", "policy", "reason", "message"),
    [
        ("other:1", "Never", "ErrImageNeverPull", "is not present with pull policy of Never"),
        (GONE, None, "ErrImagePull", "no such host"),
        ("Bad:1", None, "InvalidImageName", "repository name must be lowercase"),
    ],
)
def test_why_a_container_has_no_image(site, image, policy, reason, message):
    failure = ensure(site, image, policy)
    assert failure.reason == reason
    assert message in failure.message
    assert ("Failed", f"Error: {reason}") in site.after(0.1).events()


def test_a_pull_that_failed_is_backed_off_and_then_tried_again(site):
    reasons_ = []
    for _ in range(40):
        reasons_.append(ensure(site, GONE).reason)
        site.after(1)
    tries = [number for number, reason in enumerate(reasons_) if reason == "ErrImagePull"]
    assert tries[0] == 0
    assert 9 <= tries[1] <= 12
    assert 18 <= tries[2] - tries[1] <= 23
    assert set(reasons_) == {"ErrImagePull", "ImagePullBackOff"}


def test_another_generation_does_not_wait_for_the_last_ones_failures(site):
    ensure(site, GONE)
    assert ensure(site, GONE).reason == "ImagePullBackOff"
    assert ensure(site, GONE, uid="u-2").reason == "ErrImagePull"
