"""Finds the templates of a site and renders them for a node."""
