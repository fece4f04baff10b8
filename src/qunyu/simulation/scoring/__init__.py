"""Scoring: what the product found out, beside what the generator knows."""
