"""Firmware: campaigns in waves, and each station's update from its order to one named end."""
