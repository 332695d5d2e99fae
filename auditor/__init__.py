"""Audit government portals against declarative rulesets, with evidence."""

__version__ = "0.1.0"
