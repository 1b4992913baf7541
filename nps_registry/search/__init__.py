"""Search: a frozen question in, ranked hits out."""
