"""Scoring: what the product says of a simulated brand, held against the brand's truth."""
