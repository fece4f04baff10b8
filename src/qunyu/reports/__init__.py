"""Reports: charts and files made from the numbers."""
