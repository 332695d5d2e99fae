"""The evaluator's desk: answered sheets, letters, bundles of evidence, seals."""
