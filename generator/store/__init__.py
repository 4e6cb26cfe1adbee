"""The figure store: entries named by content, written whole or not at all, and checked."""
