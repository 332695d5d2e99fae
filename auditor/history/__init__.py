"""Audits over time, in a database."""
