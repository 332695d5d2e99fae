"""Many targets in one go: the file that names them, and the pool that audits them apart from one another."""
