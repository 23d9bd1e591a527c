"""One believable station: its EVSEs, the cars that come, its firmware, its connection to the CSMS; and a fleet of them."""
