"""A month of audits over many sites, as pages."""
