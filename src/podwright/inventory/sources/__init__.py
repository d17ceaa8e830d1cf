"""What an inventory may be read from, one module a kind."""
