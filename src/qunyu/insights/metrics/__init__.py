"""One metric a file, found by the registry."""
