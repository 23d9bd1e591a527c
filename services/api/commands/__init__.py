"""Commands: what stations are asked for, and the one outcome of each."""
