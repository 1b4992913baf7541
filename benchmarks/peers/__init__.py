"""What others use for the same work, called as their makers advise."""
