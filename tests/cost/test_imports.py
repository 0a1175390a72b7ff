"""What `notifications` loads: nothing of Firestore, gRPC or HTTP clients until a message has proved genuine."""

from tests.tools.bench.cold_start import loaded


def test_neither_the_import_nor_a_forged_message_loads_anything_heavy() -> None:
    assert loaded() == [[], []]
