"""What every service process has: settings, metrics, an admin listener, signals, and two kinds of failure."""
