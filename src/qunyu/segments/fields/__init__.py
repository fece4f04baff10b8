"""Fields: one file for each kind of thing that a condition may speak of."""
