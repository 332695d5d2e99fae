"""Visiting again what an earlier result found wrong, and saying what was mended."""
