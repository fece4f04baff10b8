"""Privacy: what the law gives people a right to: their data given out and erased, periods of keeping, consent, and a receipt for each."""
