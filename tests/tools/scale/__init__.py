"""How a population of watches fares, from a thousand to ten million: `python -m tests.tools.scale`.

Watches are decided over by the real reconciler; how they queue for instances is counted second by second.
"""
