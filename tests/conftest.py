"""Settings of the test tools that hold everywhere."""

from hypothesis import HealthCheck, settings

# Machines are shared: how long an example takes, to be made or to run, says nothing about the code.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")
