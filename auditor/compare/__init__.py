"""What changed between two audits of a site, and why."""
