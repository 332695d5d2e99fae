"""Rulesets as data: their shape, loading, and the two evaluators."""
