"""Slips put in on purpose, one at a time: whatever of the promise they break, some test has to notice."""
