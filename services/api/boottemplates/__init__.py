"""Boot templates: what stations get after a boot, the runs of it, and which stations fit."""
