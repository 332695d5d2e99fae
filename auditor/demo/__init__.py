"""The sample portal: a seeded generator of district portals with known defects, and its server."""
