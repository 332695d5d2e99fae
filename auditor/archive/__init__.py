"""Archives as files: records, their codings, the container, the journal of a run that is going on."""
