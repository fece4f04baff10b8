"""Signals: one file for each thing that may tell who orders soon."""
