"""Figures: drawn on the server as SVG, each with a title, words for those who cannot see it, and its table."""
