"""What a kubelet of a version and its API will say to a manifest."""
