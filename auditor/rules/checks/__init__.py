"""Whether the parts of rule and standard files fit each other."""
