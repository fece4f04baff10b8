"""Flows: what happens across capabilities, one file per reaction or course."""
