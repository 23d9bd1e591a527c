"""Security operations in the API and the console: new passwords, higher security profiles, moves to another CSMS."""
