"""What the text of a pod means to Go: decoding, scalars, identity, ports; and text that reads the same."""
