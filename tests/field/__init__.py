"""The field: conversations that real stations had, played on the running product by a player of its own."""
