"""One node's parts on a clock that the test moves: an agenda, a store, a runtime with simulated containers."""

from datetime import UTC, datetime, timedelta

from podwright_lab.api.store import Store
from podwright_lab.kubelet.agenda import Agenda, Scope
from podwright_lab.kubelet.container_logs import ContainerLogs
from podwright_lab.kubelet.event_recorder import EventRecorder
from podwright_lab.kubelet.folder_watch import FolderWatches
from podwright_lab.kubelet.images import ImageStore
from podwright_lab.kubelet.launch import Life, Simulation
from podwright_lab.kubelet.mirror_feed import MirrorFeed
from podwright_lab.kubelet.run import NodeSettings, Run, World
from podwright_lab.kubelet.runtime import Runtime
from podwright_lab.kubelet.timing import Jitter, Timing

EPOCH = datetime(2026, 11, 23, tzinfo=UTC)


def pod(uid="u-1", name="app", *, labels=None, annotations=None, **spec):
    """A static pod as the kubelet of node n1 has it; keywords go into its spec."""
    marks = {"kubernetes.io/config.hash": uid, "kubernetes.io/config.source": "file"}
    metadata = {
        "name": f"{name}-n1",
        "namespace": "default",
        "uid": uid,
        "labels": labels or {"app": name},
        "annotations": marks | (annotations or {}),
    }
    container = {"name": "c", "image": "busybox:1", "command": ["x"]}
    return {"kind": "Pod", "apiVersion": "v1", "metadata": metadata} | {
        "spec": {
            "nodeName": "n1",
            "hostNetwork": True,
            "terminationGracePeriodSeconds": 2,
            "containers": [container],
        }
        | spec
    }


class Bench:
    """`lives` says by container name how simulated containers behave; the default is to run until told to end."""

    def __init__(self, root, images=None):
        self.agenda, self.lines, self.scope = Agenda(), [], Scope()
        self.store = Store(now=self.wall)
        self.lives, self.probe = {}, None
        self.watches, self.feed = FolderWatches(), MirrorFeed(self.store, lambda: None)
        self.world = World(self.store, self.agenda, self.watches, self.feed, Timing(), Jitter(), self.wall)
        self.node = NodeSettings("n1", root / "manifests", root / "kubelet")
        self.run = Run(self.node, self.world, self.scope, self.lines.append)
        simulation = Simulation(self.agenda, self._life, lambda command: self.probe)
        self.runtime = Runtime(
            self.agenda,
            self.world.timing,
            self.world.jitter,
            launch=simulation,
            images=images or ImageStore(),
            logs=ContainerLogs(root / "logs", self.nanoseconds),
            clock_ns=self.nanoseconds,
        )
        self.recorder = EventRecorder(self.run)

    def _life(self, _pod, container):
        return self.lives.get(container["name"], Life())

    def nanoseconds(self):
        return int(self.wall().timestamp() * 1000) * 10**6

    def wall(self):
        return EPOCH + timedelta(seconds=self.agenda.now)

    def after(self, seconds):
        self.agenda.run_until(self.agenda.now + seconds)
        self.feed.deliver()
        return self

    def do(self, process, seconds=60.0):
        """Run a process for at most so long; returns what it returned, raises what it raised."""
        outcome = []

        def wrapped():
            try:
                outcome.append((True, (yield from process)))
            except Exception as error:
                outcome.append((False, error))

        self.agenda.spawn(wrapped(), Scope())
        end = self.agenda.now + seconds
        while not outcome and (due := self.agenda.next_time) is not None and due <= end:
            self.agenda.run_until(due)
        assert outcome, "the process has not ended"
        returned, value = outcome[0]
        if not returned:
            raise value
        return value

    def start(self, of, attempt=0):
        """A sandbox and one started container of a pod."""
        sandbox = self.do(self.runtime.run_sandbox(of, attempt))
        spec = of["spec"]["containers"][0]
        container = self.do(self.runtime.create_container(of, sandbox.id, spec, attempt))
        self.do(self.runtime.start_container(of, spec, container))
        return sandbox, container

    def add_node(self):
        return self.store.create("nodes", {"metadata": {"name": "n1"}})

    def events(self):
        return [(event["reason"], event["message"]) for event in self.store.list("events")[0]]

    def close(self):
        self.scope.close()
        self.watches.close()
        self.feed.close()
