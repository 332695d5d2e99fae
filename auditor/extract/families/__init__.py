"""Facts that one page alone tells, a module a family."""
