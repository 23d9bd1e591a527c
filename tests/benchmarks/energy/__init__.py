"""How much energy a site's sessions get: what `services.energy` does, against the best that is possible and against simple rules."""
