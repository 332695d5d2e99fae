"""From a result to bytes: one module a format."""
