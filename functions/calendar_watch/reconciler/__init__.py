"""Bringing one watch to where it should be: under a lease, step by step, each result committed before the next."""
