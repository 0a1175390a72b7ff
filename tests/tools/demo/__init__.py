"""The main job before your eyes: `make demo`."""
