"""Chaos: the product under load while its processes, its bus and its database are killed, frozen, stopped and replaced."""
