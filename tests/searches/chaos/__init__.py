"""All parts at once, in virtual time, interleaved and struck by seed: `python -m tests.searches.chaos --seed 7`."""
