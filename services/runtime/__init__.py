"""The shell of all services: it loads state, steps, sends, saves and commits, and is watched while it does."""
