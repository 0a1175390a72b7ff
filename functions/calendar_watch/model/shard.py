"""Sixteen parts of all watches: each is swept by itself where one instance cannot keep up.

A query for what is due names its shards: an index on the time alone would rise with every write, and Firestore takes
500 writes a second of such a one (https://firebase.google.com/docs/firestore/best-practices).
"""

import hashlib

SHARDS = range(16)


def shard_of(watch_id: str) -> int:
    """The same for the life of the watch."""
    return hashlib.sha256(watch_id.encode()).digest()[-1] % len(SHARDS)
