"""What operators, Google and Scheduler ask for: watches registered and looked at, notifications received, sweeps."""
