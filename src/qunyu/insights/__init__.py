"""Insights: the metric catalogue, and the numbers computed from the lake under a scope."""
