"""What must always hold, what each step must keep, and what must hold when everything has come to rest."""

from tests.searches.model.search import Flaw
from tests.searches.model.state import FOREIGN, State


def demand(holds: object, otherwise: str) -> None:
    if not holds:
        raise Flaw(otherwise)


def always(state: State, crowd: int) -> None:
    doc, live = state.doc, state.google.live
    demand(live != () or not state.covered, "no channel lives any more")
    trusted = doc.wanted and doc.confirmed and all(each.age != "over" for each in doc.channels if each.current)
    alive = any(each.current and each.id in live for each in doc.channels)
    demand(not trusted or alive, "every channel that the watch trusts is dead")
    demand(state.delivered <= doc.sequence, "more was published than the log holds")
    demand(len(live) <= crowd, "channels pile up")
    demand(not doc.channel(FOREIGN), "the channel of another watch is taken for ours")
    demand(doc.unconfirmed <= doc.generation, "one silent channel is counted twice")


def kept(before: State, after: State) -> None:
    demand(after.doc.sequence >= before.doc.sequence, "the sequence goes back")
    demand(after.doc.published >= before.doc.published, "what was published counts as unpublished")
    if before.doc.channels == after.doc.channels:
        return
    replacement = after.doc.confirmed
    for each in before.doc.channels:
        now = after.doc.channel(each.id)
        lost = each.current and each.confirmed and each.age != "over" and now and now.retired and after.doc.wanted
        demand(not lost or (replacement and replacement.id > each.id), f"{each.id} is given up too early")
    given_up = {each.id for each in before.doc.channels if each.retired}
    demand(not any(each.current and each.id in given_up for each in after.doc.channels), "`retired` is taken back")


def stopped(before: State, after: State, label: str) -> None:
    """Whatever Google is told to stop, the watch has given up before, or has never known."""
    for each in before.doc.channels if " stops " in label else ():
        ended = each.id in before.google.live and each.id not in after.google.live
        demand(not ended or each.retired, f"{each.id} is stopped, and the watch does not know that it is given up")


def at_rest(state: State, *, topic: bool) -> None:
    doc, live, newest = state.doc, state.google.live, state.doc.newest
    demand(not doc.held, "it is held for ever")
    demand(not state.notifications, "notifications wait for ever")
    demand(doc.published == doc.sequence, "something is never published")
    demand(not topic or state.delivered == doc.sequence, "something never reaches the consumer")
    known = {each.id for each in doc.channels if each.current or each.waits}
    may_expire = not state.google.reachable or not doc.named
    demand({*live} <= known or may_expire, f"of the live channels {live} one is forgotten")
    if not doc.wanted:
        demand(doc.told == "stopped" or any(each.waits for each in doc.channels), "the end never comes")
        return
    demand(not state.must > doc.snapshot or not newest or newest.id not in live, "what was acknowledged is never read")
    demand(doc.read != "now" or "read" in doc.waits, "a reading is due for ever")
    demand(doc.baseline in {"", "told"}, "what is there is never told to its end")
