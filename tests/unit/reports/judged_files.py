"""Files for reports on manifests: one that is right, one that is unwise, one that no kubelet would run."""

from podwright.validation.folder import Entry

POD = b"""\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  hostNetwork: true
  containers:
  - {name: C, image: i:1, resources: {requests: {cpu: 1}}}
"""
GOOD = Entry("good, %1.yaml", POD.replace(b"name: C", b"name: c"))
ADVISED = Entry("good, %1.yaml", POD.replace(b"name: C", b"name: c").replace(b"i:1", b"i"))
BAD = Entry("bad.yaml", POD)
