"""Commerce: what was bought."""
