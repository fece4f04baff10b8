"""The lake: one Delta table of facts, and beside it the activity rollup that boards read."""
