"""Numbers about a unit: what it prefers, how strongly, and how that compares with chance."""
