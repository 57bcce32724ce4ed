"""Small sound implementations, and the ways in which each may break a promise."""
