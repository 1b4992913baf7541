"""Rules that turn facts into signals, or into nothing."""
