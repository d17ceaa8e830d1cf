"""A quota counts pods, requests and limits, and insists that they are said."""

from podwright_lab.api.quota import quota_refusal


def quota(**hard):
    return {
        "metadata": {"name": "q"},
        "spec": {"hard": {name.replace("_", "."): value for name, value in hard.items()}},
    }


def pod(phase="Running", **resources):
    return {
        "metadata": {"name": "p"},
        "spec": {"containers": [{"name": "c", "resources": resources}]},
        "status": {"phase": phase},
    }


def test_requests_are_added_up():
    asked = pod(requests={"cpu": "200m"})
    assert quota_refusal(asked, [quota(requests_cpu="500m")], [asked]) is None
    assert quota_refusal(asked, [quota(requests_cpu="500m")], [asked, asked]) == (
        "exceeded quota: q, requested: requests.cpu=200m, used: requests.cpu=400m, limited: requests.cpu=500m"
    )


def test_pods_that_have_ended_use_nothing():
    assert quota_refusal(pod(), [quota(pods="1")], [pod("Succeeded"), pod("Failed")]) is None


def test_a_short_name_means_the_request():
    assert quota_refusal(pod(requests={"cpu": "2"}), [quota(cpu="1")], []) == (
        "exceeded quota: q, requested: cpu=2, used: cpu=0, limited: cpu=1"
    )


def test_what_is_limited_must_be_said():
    assert quota_refusal(pod(), [quota(requests_cpu="1", limits_memory="1Gi")], []) == (
        "failed quota: q: must specify limits.memory for: c; requests.cpu for: c"
    )


def test_other_things_are_not_counted():
    assert (
        quota_refusal(pod(), [quota(services="0", configmaps="0"), {"metadata": {"name": "e"}}], []) is None
    )
