"""Hides secrets in what is shown: found by their value, by their name or by their form."""
