"""The stages of the main path, one a file: what each writes into the store, and how it is read."""
