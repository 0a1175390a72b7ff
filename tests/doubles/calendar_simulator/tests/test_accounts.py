"""Another account under the same address (Q61)."""

import pytest

from tests.doubles.calendar_simulator import Actor, CalendarSimulator, Refusal


@pytest.mark.parametrize(
    "path", ["calendars/primary/events", "calendars/primary/acl", "users/me/calendarList", "users/me/settings"]
)
def test_a_recreated_account_knows_nothing_of_the_old_one(simulator: CalendarSimulator, path: str) -> None:
    alice, bob = Actor(simulator, "alice@example.com"), Actor(simulator, "bob@example.com")
    fresh = [item["id"] for item in alice.get(path)["items"] if "id" in item]
    alice.create_event("primary", "Review")
    alice.share("primary", "bob@example.com", "writer")
    team = alice.create_calendar("Team")
    alice.share(team, "bob@example.com", "writer")
    for shared in (team, "alice@example.com"):
        bob.post("users/me/calendarList", {"id": shared})
    token = alice.get(path)["nextSyncToken"]

    simulator.office.recreate("alice@example.com")

    assert [item["id"] for item in alice.get(path)["items"] if "id" in item] == fresh
    with pytest.raises(Refusal, match="410 fullSyncRequired"):
        alice.get(f"{path}?syncToken={token}")
    assert [entry["id"] for entry in bob.get("users/me/calendarList")["items"]] == ["bob@example.com"]
    alice.get(f"{path}?syncToken={alice.get(path)['nextSyncToken']}")
