"""The wall around faust: the only folder that imports it."""
