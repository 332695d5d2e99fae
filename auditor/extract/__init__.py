"""From a snapshot to facts and nothing else."""
