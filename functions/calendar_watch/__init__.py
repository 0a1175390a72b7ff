"""What changes in Google calendars: a gap-free, ordered stream that keeps itself alive."""

__version__ = "0.9.0"
