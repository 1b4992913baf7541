"""Chemistry: structures read, standardised, identified, compared and drawn. RDKit is imported here only."""
