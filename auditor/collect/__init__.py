"""From a target to a sealed snapshot: the only package that touches the audited site."""
