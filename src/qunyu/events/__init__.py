"""What happened: readers of exports, facts, imports and the lake that keeps them."""
