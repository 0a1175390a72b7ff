"""Ports that nobody listens on."""

from tests.loopback import free_ports

__all__ = ["free_ports"]
