"""The words that portals use, read from rulesets/vocabulary."""
