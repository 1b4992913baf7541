"""What is told to others: the mail that is written, and its delivery."""
