"""What a kubelet of a version and its API will do with a manifest."""
