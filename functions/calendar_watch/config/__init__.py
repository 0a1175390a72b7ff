"""Environment variables become settings, or one error that names every wrong one."""
