"""Decides what to change and what the evidence means; pure: no clock, no SSH, no files."""
