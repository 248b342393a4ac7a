"""Measures of quality, each beside the value that real data gets."""
