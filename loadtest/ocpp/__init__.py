"""OCPP as a simulated station speaks it: the WebSocket, OCPP-J, and the messages and replies of each version."""
