"""Where Google's Firestore emulator is on the machine, the tests must have used it."""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests import firestore_emulator


def main(report: str) -> str | None:
    cases = [each for each in ET.parse(report).iter("testcase") if "[emulator" in each.get("name", "")]  # noqa: S314 (ours)
    used = [each for each in cases if each.find("skipped") is None]
    print(f"{len(used)} of {len(cases)} tests of Google's emulator ran")  # noqa: T201 (for whoever reads the CI's log)
    if firestore_emulator.present() and not (used and len(used) == len(cases)):
        return "Google's Firestore emulator is on this machine, but the tests did not use it"
    return None


sys.exit(main(sys.argv[1]))
