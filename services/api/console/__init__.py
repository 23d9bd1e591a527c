"""The console: the API's reads and commands as pages for people; server-rendered, live by server-sent events."""
