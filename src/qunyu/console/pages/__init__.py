"""One module for each place on the console's map."""
