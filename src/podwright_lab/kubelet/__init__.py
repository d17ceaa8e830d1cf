"""The kubelet half of the embedded lab: one event machine a node, all driven by one thread."""
