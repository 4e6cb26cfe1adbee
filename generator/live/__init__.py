"""The network as files that a reader's browser runs."""
