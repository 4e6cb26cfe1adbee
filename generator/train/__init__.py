"""Training of the networks that are ours, and what a run leaves behind."""
