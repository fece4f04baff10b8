"""The command line: qunyu <noun> <verb>."""
