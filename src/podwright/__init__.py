"""Puts static pods on Kubernetes nodes over SSH, and proves that they run or are truly gone."""
