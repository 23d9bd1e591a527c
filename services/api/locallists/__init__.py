"""Local authorization lists: which tokens each station knows by itself, and whether it has them."""
