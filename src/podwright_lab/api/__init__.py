"""The API half of the embedded lab: objects in memory, and the HTTPS server that kubectl talks to."""
