"""Google's Firestore emulator, where this machine has it."""

from tests.support.google_emulator import GoogleEmulator

VARIABLE = "FIRESTORE_EMULATOR_HOST"

_FIRESTORE = GoogleEmulator(
    name="Firestore",
    variable=VARIABLE,
    jars=("cloud-firestore-emulator/*.jar", "cloud-firestore-emulator-v*.jar"),
    main=(
        "com.google.cloud.datastore.emulator.firestore.CloudFirestore",
        "start",
        "--database-mode=firestore-native",
    ),
)
present = _FIRESTORE.present
emulator = _FIRESTORE.emulator
