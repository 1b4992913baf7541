"""Whole libraries against the registry or against each other: streamed, on every core or on a cluster."""
