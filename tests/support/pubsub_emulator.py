"""Google's Pub/Sub emulator, where this machine has it."""

from tests.support.google_emulator import GoogleEmulator

VARIABLE = "PUBSUB_EMULATOR_HOST"

_PUBSUB = GoogleEmulator(
    name="Pub/Sub",
    variable=VARIABLE,
    jars=("pubsub-emulator/lib/cloud-pubsub-emulator-*.jar",),
    main=("com.google.cloud.pubsub.testing.v1.Main",),
)
present = _PUBSUB.present
emulator = _PUBSUB.emulator
