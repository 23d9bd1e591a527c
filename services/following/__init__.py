"""Following: what the cores share that follow what stations were asked for, answered and reported; no noun."""
