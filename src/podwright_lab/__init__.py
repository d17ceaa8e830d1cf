"""A cluster on loopback for trying and testing: real SSH and files, a kubelet and an API that stand in."""
