"""What runs on a node: programs in POSIX sh, and beside each the Python that reads its answer."""
