"""What podwright does to nodes, each in the order observe, plan, apply, verify."""
