"""Battery swap: what drivers put into slots and take out of them."""
