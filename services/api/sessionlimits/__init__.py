"""Session limits over HTTP and in the console."""
