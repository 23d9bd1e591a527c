"""Commands: a durable queue for each station, its way there, one outcome each."""
