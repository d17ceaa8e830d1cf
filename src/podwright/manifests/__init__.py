"""Turns templates into manifests that the kubelet will run, or reports why it will not."""
