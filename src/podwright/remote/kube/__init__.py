"""Asks the API of the cluster, read only: kubeconfig, transport, lists, watches, mirror pods."""
