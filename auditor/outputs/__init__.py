"""What an audit leaves behind: reports in the run folder, what they cite of the archive, entries in the history."""
