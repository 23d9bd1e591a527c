"""Conversations: the OCPP log as exchanges, each message with its answer, its command and its session."""
