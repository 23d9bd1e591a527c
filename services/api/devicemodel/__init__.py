"""Device model: what is known of the variables of a station."""
