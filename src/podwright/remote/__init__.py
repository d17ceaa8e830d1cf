"""Reaches nodes over SSH and the cluster over its API."""
