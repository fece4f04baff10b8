"""Occasions: one file for each kind of day that is a reason for a light contact."""
