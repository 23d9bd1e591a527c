"""Sites over HTTP and in the console."""
