"""What a kubelet of a version does with its own configuration, without asking one."""
