"""Ways of looking at a unit or a network, one a file; they know nothing of each other."""
