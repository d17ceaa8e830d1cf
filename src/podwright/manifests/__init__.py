"""Turns templates into manifests that the kubelet will run, or says why it will not."""
