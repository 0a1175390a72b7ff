"""Where one of Google's emulators is on the machine, the tests must have used it.

Whose a test is, its module says: Pub/Sub's are in modules called test_pubsub…, all others are Firestore's.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.support import firestore_emulator, pubsub_emulator

EMULATORS = {"Firestore": firestore_emulator.present, "Pub/Sub": pubsub_emulator.present}


def main(report: str) -> str | None:
    cases = [each for each in ET.parse(report).iter("testcase") if "[emulator" in each.get("name", "")]  # noqa: S314 (ours)
    overlooked = [name for name in EMULATORS if overlooks(name, [each for each in cases if whose(each) == name])]
    if overlooked:
        return f"on this machine, but not used by every test that should: Google's emulator of {', '.join(overlooked)}"
    return None


def whose(case: ET.Element) -> str:
    return "Pub/Sub" if "test_pubsub" in case.get("classname", "") else "Firestore"


def overlooks(name: str, cases: list[ET.Element]) -> bool:
    """Whether the emulator is there, and any test of it was skipped, or there was none."""
    used = [each for each in cases if each.find("skipped") is None]
    print(f"{len(used)} of {len(cases)} tests of Google's {name} emulator ran")  # noqa: T201 (for whoever reads the CI's log)
    return EMULATORS[name]() and not (used and len(used) == len(cases))


sys.exit(main(sys.argv[1]))
