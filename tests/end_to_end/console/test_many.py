"""Ten thousand watches: in pages, at once, and without standing still."""

import re

from tests.api.deployment import SETTINGS, Deployment
from tests.end_to_end.console.conftest import Served, Show, seen

MANY = 10_000
AT_MOST = 2_000
"""Milliseconds from the end of the answer until all of it is shown, as the console's promise has it."""
WATCHED = """
window.longest = 0;
new PerformanceObserver(list => list.getEntries().forEach(each => { longest = Math.max(longest, each.duration); }))
  .observe({ type: "longtask", buffered: true });
new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => { shown = performance.now(); })))
  .observe(document.getElementById("view"), { childList: true });
"""
MEASURED = """return shown - Math.max(...performance.getEntriesByType("resource").map(each => each.responseEnd))"""
STOOD_STILL = "return longest"


def test_ten_thousand_watches_are_shown_in_pages(deployment: Deployment, served: Served, show: Show) -> None:
    deployment.multiply(deployment.open(SETTINGS, labels={"team": "red"}), MANY - 1)
    page = show(wait=f"{MANY}")
    page.run(WATCHED)
    assert page.texts(".tile b")[0] == f"{MANY}"
    page.click("td a", f"{MANY}")
    seen(page, "100, resource settings")
    assert page.run(MEASURED) < AT_MOST
    first = page.texts(".card h3 a")
    page.click("a", "Next page")
    seen(page, "100 more, resource settings")
    assert page.run(MEASURED) < AT_MOST
    assert len({*first, *page.texts(".card h3 a")}) == 200
    assert page.run(STOOD_STILL) < AT_MOST
    assert [each for each in served.asked if re.search(r"\?.*pageToken=[a-z2-7]{32}", each)]
