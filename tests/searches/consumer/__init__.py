"""The consumer of infra/consumer, read to by Pub/Sub at its worst, and held against what it was to copy."""
