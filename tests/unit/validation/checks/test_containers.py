"""Containers: identity, ports, environment, mounts, probes, hooks, resources and restarts."""

import pytest


@pytest.mark.parametrize(
    ("container", "rule"),
    [
        ("imagePullPolicy: always", "pull-policy"),
        ("terminationMessagePolicy: Log", "termination-message"),
        ("ports: [{containerPort: 0}]", "ports"),
        ("ports: [{containerPort: 65536}]", "ports"),
        ("ports: [{containerPort: -1}]", "ports"),
        ("ports: [{containerPort: 80, protocol: tcp}]", "ports"),
        ("ports: [{containerPort: 80, name: Web}]", "ports"),
        ("ports: [{containerPort: 80, name: a-name-of-sixteen}]", "ports"),
        ("ports: [{containerPort: 80, name: '80'}]", "ports"),
        ("ports: [{containerPort: 80, name: a--b}]", "ports"),
        ("ports: [{containerPort: 80, name: a}, {containerPort: 81, name: a}]", "ports"),
        ("ports: [{containerPort: 80}, {containerPort: 80}]", "host-port"),
        ("ports: [{containerPort: 80, hostPort: 81}]", "host-port"),
        ("env: [{value: x}]", "env"),
        ("env: [{name: 'a=b'}]", "env"),
        ("env: [{name: a, value: b, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]", "env"),
        ("env: [{name: a, valueFrom: {}}]", "env"),
        ("env: [{name: a, valueFrom: {fieldRef: {fieldPath: spec.nodename}}}]", "field-reference"),
        ("env: [{name: a, valueFrom: {fieldRef: {fieldPath: metadata.labels}}}]", "field-reference"),
        (
            "env: [{name: a, valueFrom: {fieldRef: {apiVersion: v2, fieldPath: metadata.name}}}]",
            "field-reference",
        ),
        ("env: [{name: a, valueFrom: {resourceFieldRef: {resource: cpu}}}]", "field-reference"),
        (
            "env: [{name: a, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 10m}}}]",
            "field-reference",
        ),
        ("envFrom: [{prefix: x}]", "env"),
        ("volumeMounts: [{name: v, mountPath: /v}]", "mount"),
        ("volumeDevices: [{name: v, devicePath: /v}]", "mount"),
        ("resources: {requests: {cpu: 2}, limits: {cpu: 1}}", "resources"),
        ("resources: {requests: {cpu: -1}}", "resources"),
        ("resources: {requests: {gpu: 1}}", "resources"),
        ("resources: {requests: {example.com/gpu: 1}}", "resources"),
        ("resources: {limits: {example.com/gpu: 1.5}}", "resources"),
        ("resources: {limits: {example.com/gpu: 2}, requests: {example.com/gpu: 1}}", "resources"),
        ("resources: {limits: {hugepages-2Mi: 2Mi}}", "resources"),
        ("resources: {limits: {hugepages-2Mi: 3Mi, memory: 1Gi}}", "resources"),
        ("resources: {limits: {hugepages-two: 2Mi, memory: 1Gi}}", "resources"),
        ("resources: {requests: {cpu: one}}", "wrong-type"),
        ("resources: {requests: {cpu: true}}", "wrong-type"),
        ("resources: {claims: [{name: x}]}", "resources"),
        ("resizePolicy: [{resourceName: disk, restartPolicy: NotRequired}]", "resize-policy"),
        ("resizePolicy: [{resourceName: cpu, restartPolicy: Never}]", "resize-policy"),
        ("livenessProbe: {}", "probe"),
        ("livenessProbe: {exec: {}}", "probe"),
        ("livenessProbe: {exec: {command: [a]}, tcpSocket: {port: 1}}", "probe"),
        ("livenessProbe: {tcpSocket: {port: 0}}", "probe"),
        ("livenessProbe: {tcpSocket: {port: 'Web'}}", "probe"),
        ("livenessProbe: {httpGet: {path: /}}", "probe"),
        ("livenessProbe: {httpGet: {port: 80, scheme: http}}", "probe"),
        ("livenessProbe: {httpGet: {port: 80, httpHeaders: [{name: 'a b', value: c}]}}", "probe"),
        ("livenessProbe: {tcpSocket: {port: 1}, successThreshold: 2}", "probe"),
        ("startupProbe: {tcpSocket: {port: 1}, successThreshold: 2}", "probe"),
        ("livenessProbe: {tcpSocket: {port: 1}, periodSeconds: -1}", "probe"),
        ("livenessProbe: {tcpSocket: {port: 1}, terminationGracePeriodSeconds: 0}", "probe"),
        ("readinessProbe: {tcpSocket: {port: 1}, terminationGracePeriodSeconds: 5}", "probe"),
        ("livenessProbe: {grpc: {port: 70000}}", "probe"),
        ("lifecycle: {preStop: {}}", "lifecycle"),
        ("lifecycle: {preStop: {sleep: {seconds: 31}}}", "lifecycle"),
        ("lifecycle: {preStop: {sleep: {seconds: -1}}}", "lifecycle"),
        ("lifecycle: {stopSignal: SIGUSR1}", "lifecycle"),
        ("restartPolicy: Sometimes", "container-restart"),
        (
            "restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [1]}}]",
            "container-restart",
        ),
        (
            "restartPolicy: Never, restartPolicyRules: [{action: Stop, exitCodes: {operator: In}}]",
            "container-restart",
        ),
        ("restartPolicy: Never, restartPolicyRules: [{action: Restart}]", "container-restart"),
        ("securityContext: {runAsUser: -1}", "security-context"),
        ("securityContext: {privileged: true, allowPrivilegeEscalation: false}", "security-context"),
        ("securityContext: {procMount: Unmasked}", "security-context"),
        ("securityContext: {seccompProfile: {type: Localhost}}", "profiles"),
        ("securityContext: {seccompProfile: {type: runtime/default}}", "profiles"),
        ("securityContext: {appArmorProfile: {type: RuntimeDefault, localhostProfile: x}}", "profiles"),
    ],
)
def test_the_kubelet_would_refuse(errors, container, rule):
    assert errors(container=container) == [rule]


@pytest.mark.parametrize(
    "container",
    [
        "ports: [{containerPort: 80}, {containerPort: 80, protocol: UDP}]",
        "ports: [{containerPort: 80, hostIP: 127.0.0.1}, {containerPort: 80, hostIP: 127.0.0.2}]",
        "env: [{name: '1 odd name!'}]",
        "env: [{name: A}, {name: A}]",
        "env: [{name: a, valueFrom: {fieldRef: {fieldPath: \"metadata.labels['app']\"}}}]",
        "env: [{name: a, valueFrom: {fieldRef: {fieldPath: status.hostIPs}}}]",
        "env: [{name: a, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}]",
        "resources: {limits: {example.com/gpu: 1}}",
        "resources: {limits: {cpu: 0.5, memory: 1e9}}",
        "resources: {limits: {hugepages-2Mi: 4Mi, memory: 1Gi}}",
        "resources: {}",
        "livenessProbe: {httpGet: {port: web}}, readinessProbe: {tcpSocket: {port: 1}, successThreshold: 3}",
        "lifecycle: {preStop: {sleep: {seconds: 0}}}",
        "lifecycle: {postStart: {exec: {command: ['true']}}, preStop: {httpGet: {port: 1}}}",
        "restartPolicy: Never, restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [1]}}]",
        "securityContext: {appArmorProfile: {type: Localhost, localhostProfile: x}}",
        "imagePullPolicy: ''",
        "terminationMessagePath: null",
        "stdin: true, tty: true, workingDir: /x, command: [], args: null",
    ],
)
def test_the_kubelet_would_take(errors, container):
    assert errors(container=container) == []


@pytest.mark.parametrize(
    ("spec", "rule"),
    [
        ("containers: []", "containers-missing"),
        ("containers: [{}]", "container-name"),
        ("containers: [{name: c, image: ''}]", "image"),
        ("containers: [{name: c, image: ' i'}]", "image"),
        ("containers: [{name: C, image: i}]", "container-name"),
        ("containers: [{name: c, image: i}, {name: c, image: i}]", "container-name"),
        ("initContainers: [{name: c, image: i}]", "container-name"),
        ("initContainers: [{name: i, image: i, livenessProbe: {tcpSocket: {port: 1}}}]", "init-container"),
        ("initContainers: [{name: i, image: i, lifecycle: {}}]", "init-container"),
        ("initContainers: [{name: i, image: i, restartPolicy: always}]", "container-restart"),
        ("ephemeralContainers: [{name: e, image: i}]", "ephemeral-containers"),
    ],
)  # fmt: skip
def test_the_kubelet_would_refuse_these_containers(errors, spec, rule):
    assert rule in errors(spec)


def test_init_containers_are_resized_since_1_35(errors):
    policy = "initContainers: [{name: i, image: i, resizePolicy: [{resourceName: cpu, restartPolicy: NotRequired}]}]"
    assert errors(policy, version="1.34") == ["init-container"]
    assert errors(policy, version="1.35") == []


def test_a_sidecar_may_have_probes_and_hooks(errors):
    sidecar = (
        "initContainers: [{name: s, image: i, restartPolicy: Always, livenessProbe: {tcpSocket: {port: 1}}}]"
    )
    assert errors(sidecar) == []


@pytest.mark.parametrize(
    ("container", "version", "refused"),
    [
        ("env: [{name: '1 odd'}]", "1.34", True),
        ("env: [{name: '1 odd'}]", "1.35", False),
        ("restartPolicy: Never", "1.34", True),
        ("restartPolicy: Never", "1.35", False),
        ("lifecycle: {preStop: {sleep: {seconds: 0}}}", "1.33", True),
    ],
)
def test_what_the_kubelet_takes_depends_on_its_version(errors, container, version, refused):
    assert bool(errors(container=container, version=version)) is refused


@pytest.mark.parametrize(
    ("mount", "refused"),
    [
        ("{name: v, mountPath: /a}, {name: v, mountPath: /b}", False),
        ("{name: v, mountPath: /a}, {name: v, mountPath: /a}", True),
        ("{name: v}", True),
        ("{name: v, mountPath: /a, subPath: ../x}", True),
        ("{name: v, mountPath: /a, subPath: /x}", True),
        ("{name: v, mountPath: /a, subPath: x, subPathExpr: z}", True),
        ("{name: v, mountPath: relative}", False),
        ("{name: v, mountPath: /a, mountPropagation: Bidirectional}", True),
        ("{name: v, mountPath: /a, mountPropagation: Sideways}", True),
        ("{name: v, mountPath: /a, mountPropagation: HostToContainer}", False),
        ("{name: v, mountPath: /a, recursiveReadOnly: Enabled}", True),
        ("{name: v, mountPath: /a, recursiveReadOnly: Enabled, readOnly: true}", False),
    ],
)
def test_mounts(errors, mount, refused):
    found = errors("volumes: [{name: v, emptyDir: {}}]", container=f"volumeMounts: [{mount}]")
    assert found == (["mount"] if refused else [])


def test_a_privileged_container_may_propagate_mounts(errors):
    mount = "volumeMounts: [{name: v, mountPath: /a, mountPropagation: Bidirectional}]"
    container = f"securityContext: {{privileged: true}}, {mount}"
    assert errors("volumes: [{name: v, hostPath: {path: /x}}]", container=container) == []
