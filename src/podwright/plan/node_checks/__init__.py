"""What stands between a node and a running static pod: a table of checks over facts, the inventory and what was observed."""
