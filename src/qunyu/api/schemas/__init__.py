"""What the API answers and takes, one file for each noun."""
