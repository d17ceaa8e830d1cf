"""Reads who the nodes are and what each of them should run."""
