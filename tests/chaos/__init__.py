"""All parts at once, in virtual time, interleaved and struck by seed: `python -m tests.chaos --seed 7`."""
