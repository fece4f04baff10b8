"""One module per export format; each lists its readers in READERS and is found by the registry."""
