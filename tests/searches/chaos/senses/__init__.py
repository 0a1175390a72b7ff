"""What looks at a run, and says what is broken."""
