"""Jinja: the environment, its filters and what a name means; the only room that knows jinja2."""
