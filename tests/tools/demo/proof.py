"""Holds what we say against what the simulated Google saw."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from tests.support.stack import Stack, until

from .change import Change
from .follower import Followed, Follower
from .screen import Screen


class UnprovenError(Exception):
    """The demo's promise does not hold."""


class Proof:
    """Each method shows what it has checked, or raises UnprovenError or TimeoutError."""

    def __init__(self, stack: Stack, follower: Follower, screen: Screen):
        self._stack = stack
        self._follower = follower
        self._screen = screen

    def lost_a_message(self, watch: Followed) -> None:
        lost = [each for each in self._seen_by_google("deliveries") if each["outcome"] == "dropped"]
        self._check(
            "Google's call about her next change was lost", holds=watch.channel in {each["channel_id"] for each in lost}
        )

    def told_who_could_see_it(self, rule: str) -> None:
        told = [each for each in self._follower.changes() if each.get("subject") == rule]
        shifts = [(each["exposure"], each["exposurechange"]) for each in told]
        self._check(
            "both changes say who could see her calendar: everybody, then nobody by that rule",
            holds=shifts == [("public", "raised"), ("none", "lowered")],
        )

    def all_arrived_once(self, made: Sequence[Change]) -> None:
        reported = Counter(Change.of(event) for event in self._follower.changes())
        lost, extra = Counter(made) - reported, reported - Counter(made)
        claim = f"{len(made)} changes made, {reported.total()} reported, {lost.total()} lost, {extra.total()} too many"
        self._check(claim, holds=not lost and not extra)
        self._check(
            "each watch numbers its changes, and no number is missing",
            holds=all(each.unbroken for each in self._follower.watches),
        )

    def one_channel_each(self) -> None:
        """A renewal may be under way: then Google has two of a watch for a moment."""
        until(self._google_has_ours_only, "Google's live channels are those of the watches")
        watches = self._follower.watches
        renewals = sum(watch.renewals for watch in watches)
        claim = f"{len(watches)} watches, {len(watches)} live channels at Google, {renewals} channels replaced in time"
        self._check(claim, holds=renewals >= len(watches))

    def all_sweeps_went_well(self) -> None:
        statuses = self._stack.ticker.statuses
        self._check(
            f"{statuses.total()} looks at what is due, one a second (in production, a minute); all went well",
            holds=set(statuses) == {200},
        )

    def calls(self) -> None:
        """Ours carry a quotaUser, unlike Alice's own. What is asked for by its id may be gone: that is why it is."""
        ours = [each for each in self._seen_by_google("calls") if each["quota_user"]]
        methods = Counter(each["method_id"].removeprefix("calendar.") for each in ours)
        listed = ", ".join(f"{count} {method}" for method, count in sorted(methods.items()))
        answers = {each["status"] for each in ours if not each["method_id"].endswith(".get")}
        self._check(f"{len(ours)} calls to Google: {listed}", holds=answers == {200, 204})

    def no_channel_left(self) -> None:
        until(lambda: not self._follower.live(), claim := "Google has no live channel left")
        self._screen.check(claim)

    def _google_has_ours_only(self) -> bool:
        ours = {self._stack.api.show(watch.id)["channel"]["id"] for watch in self._follower.watches}
        return self._follower.live() == ours

    def _seen_by_google(self, what: str) -> list[Any]:
        return list(self._stack.google.admin("GET", what))

    def _check(self, claim: str, *, holds: bool) -> None:
        if not holds:
            raise UnprovenError(f"this does not hold: {claim}")
        self._screen.check(claim)
