"""Reaches nodes over SSH, as OpenSSH would: configuration, keys, host keys, sessions, sudo."""
