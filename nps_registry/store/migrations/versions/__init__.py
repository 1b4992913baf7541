"""One module per revision of the tables, in order."""
