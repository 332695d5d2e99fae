"""The folder of a run: its files, the text of its pages, its seal, and its deletion."""
