"""Measures podwright against what people use instead, on real OpenSSH servers on loopback. Start with scripts/bench."""
