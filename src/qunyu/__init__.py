"""Qunyu 群域: an open-source platform for running private-domain communities."""

__version__ = "0.1.0"
