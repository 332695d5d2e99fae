"""The command line: arguments, progress, exit codes; no logic."""
