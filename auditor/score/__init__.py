"""From findings to points: the models of scoring, and the tree that adds up."""
