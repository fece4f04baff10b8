"""How fast Qunyu is, measured beside other programs on the same data; `python -m benchmarks` or `make bench`."""
