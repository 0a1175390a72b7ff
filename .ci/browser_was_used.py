"""The tests of the console must all have run in a real browser: elsewhere they are skipped where there is none."""

import sys
from xml.etree import ElementTree as ET

CONSOLE = "tests.end_to_end.console"


def main(report: str) -> str | None:
    cases = [each for each in ET.parse(report).iter("testcase") if each.get("classname", "").startswith(CONSOLE)]  # noqa: S314 (ours)
    ran = [each for each in cases if each.find("skipped") is None]
    print(f"{len(ran)} of {len(cases)} tests of the console ran in Chromium")  # noqa: T201 (for whoever reads the CI's log)
    return None if ran and len(ran) == len(cases) else "not every test of the console ran: chromium, chromium-driver"


sys.exit(main(sys.argv[1]))
