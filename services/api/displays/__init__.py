"""Display messages: what stations show to people."""
