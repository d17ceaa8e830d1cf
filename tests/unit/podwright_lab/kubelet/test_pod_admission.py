from decimal import Decimal

import pytest

from podwright_lab.kubelet.pod_admission import NodeCapacity, quantity, refusal

NODE = NodeCapacity({"kubernetes.io/os": "linux", "zone": "a", "rank": "5"}, {"cpu": "2", "memory": "4Gi"})


def pod(**spec):
    return {
        "metadata": {"name": "p", "namespace": "default", "uid": "u"},
        "spec": {"containers": [{"name": "c"}]} | spec,
    }


def asking(**requests):
    return pod(containers=[{"name": "c", "resources": {"requests": requests}}])


def on_port(number, address=""):
    port = {"containerPort": number, "hostPort": number, "protocol": "TCP"} | (
        {"hostIP": address} if address else {}
    )
    return pod(containers=[{"name": "c", "ports": [port]}])


def term(operator, *values, key="zone"):
    expression = {"key": key, "operator": operator, "values": list(values)}
    terms = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
    return pod(affinity={"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}})


@pytest.mark.parametrize(
    ("text", "value"),
    [("100m", "0.1"), ("2", "2"), ("1Ki", "1024"), ("1.5G", "1500000000"), ("1e3", "1000"), ("rubbish", "0")],
)
def test_quantities(text, value):
    assert quantity(text) == Decimal(value)


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (pod(), None),
        (asking(cpu="2"), None),
        (asking(cpu="64"), "UnexpectedAdmissionError"),
        (asking(memory="5Gi"), "UnexpectedAdmissionError"),
        (pod(os={"name": "windows"}), "PodOSNotSupported"),
        (pod(nodeSelector={"zone": "a"}), None),
        (pod(nodeSelector={"zone": "b"}), "NodeAffinity"),
        (term("In", "a", "b"), None),
        (term("In", "b"), "NodeAffinity"),
        (term("NotIn", "b"), None),
        (term("Exists"), None),
        (term("DoesNotExist"), "NodeAffinity"),
        (term("Gt", "4", key="rank"), None),
        (term("Lt", "4", key="rank"), "NodeAffinity"),
        (term("Gt", "x", key="zone"), "NodeAffinity"),
    ],
)
def test_what_a_node_takes(wanted, reason):
    found = refusal(wanted, [], NODE)
    assert (found and found.reason) == reason


def test_the_message_says_how_much_is_missing():
    found = refusal(asking(cpu="64"), [], NODE)
    assert found is not None
    assert "(res: cpu, q: 62000), " in found.message


def test_what_others_asked_for_is_taken():
    assert refusal(asking(cpu="1500m"), [asking(cpu="1")], NODE) is not None


@pytest.mark.parametrize(
    ("mine", "other", "clash"),
    [
        (on_port(80), on_port(80), True),
        (on_port(80), on_port(81), False),
        (on_port(80, "127.0.0.1"), on_port(80, "127.0.0.2"), False),
        (on_port(80, "127.0.0.1"), on_port(80), True),
    ],
)
def test_a_host_port_belongs_to_one_pod(mine, other, clash):
    found = refusal(mine, [other], NODE)
    assert (found is not None) is clash
