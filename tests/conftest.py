"""Settings of the test tools that hold everywhere."""

from hypothesis import HealthCheck, settings

# Machines are shared: how long an example takes, to be made or to run, says nothing about the code.
settings.register_profile("quick", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=100)
settings.load_profile("quick")
