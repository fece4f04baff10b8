"""Order files: the columns shops export, their words for a status, and what a row adds to which order."""
