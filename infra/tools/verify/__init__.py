"""Whether what was just deployed works: its checks, and one real change from end to end."""
