"""Energy: shares the power of a site among the EVSEs of its tree, within all of its limits."""
