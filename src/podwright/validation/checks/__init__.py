"""The API machinery's own validation of a Pod, and what the kubelet and the API ask of a static one beyond it."""
