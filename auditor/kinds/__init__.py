"""The fact kinds by family."""
