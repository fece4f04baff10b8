"""One label a file."""
