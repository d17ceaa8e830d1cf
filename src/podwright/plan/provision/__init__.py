"""What is to be changed of a node itself: files, sysctls, modules, swap, services; pure decisions."""
