"""Prospects: who can be converted now, with reasons and words to open with, and who costs more than they bring (method.md M9)."""
