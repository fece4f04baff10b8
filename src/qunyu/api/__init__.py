"""The REST interface, below /api/v1/: what the console shows and does, for programs."""
