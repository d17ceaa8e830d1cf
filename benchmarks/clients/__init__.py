"""The things that are measured: the floor, and how people push manifests with other tools."""
