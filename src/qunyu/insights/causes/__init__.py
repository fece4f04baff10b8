"""Causes of a decline, one file each."""
