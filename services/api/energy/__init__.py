"""Energy: sites, their trees, and what flows there, for programs and people."""
