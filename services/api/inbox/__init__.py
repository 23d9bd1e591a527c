"""The inbox: what could not be believed, read or acted on."""
