"""Firestore in memory, for the real client: `with serve() as firestore:` and FIRESTORE_EMULATOR_HOST=firestore.host."""

from tests.doubles.local_firestore.calls import Call, Calls
from tests.doubles.local_firestore.faults import Fault, Faults
from tests.doubles.local_firestore.server import LocalFirestore, serve

__all__ = ["Call", "Calls", "Fault", "Faults", "LocalFirestore", "serve"]
