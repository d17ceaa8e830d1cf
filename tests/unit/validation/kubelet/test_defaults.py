from __future__ import annotations

from podwright.validation.kubelet.defaults import with_defaults


def test_zero_is_a_value_only_where_nothing_is_another() -> None:
    config = with_defaults({"maxPods": 0, "healthzPort": 0, "imageMinimumGCAge": "0s"}, 36)
    assert (config["maxPods"], config["healthzPort"], config["imageMinimumGCAge"]) == (110, 0, "2m")


def test_images_are_pulled_in_turn_unless_several_at_once_are_asked_for() -> None:
    assert with_defaults({}, 36)["serializeImagePulls"] is True
    assert with_defaults({"maxParallelImagePulls": 2}, 36)["serializeImagePulls"] is False


def test_defaults_of_a_version() -> None:
    assert [with_defaults({}, minor)["failCgroupV1"] for minor in (34, 35)] == [False, True]
    assert "crashLoopBackOff" not in with_defaults({}, 34)
    assert with_defaults({}, 35)["crashLoopBackOff"] == {"maxContainerRestartPeriod": "5m"}
