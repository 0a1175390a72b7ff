"""Ports that nobody listens on."""

from tests.support.loopback import free_ports

__all__ = ["free_ports"]
