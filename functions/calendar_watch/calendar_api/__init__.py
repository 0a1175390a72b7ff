"""Google Calendar over REST: the only code that asks it for anything."""
