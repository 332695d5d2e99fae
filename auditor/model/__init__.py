"""The core values that pass from stage to stage: frozen, serialisable, of the standard library only."""
