"""A brand that never was: files in our own import formats, and the truth behind them kept apart."""
