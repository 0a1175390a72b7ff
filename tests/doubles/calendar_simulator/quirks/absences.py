"""What listings leave out although it is there (Q20, Q56), or although it is gone (Q06)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from ..collection import Collection, Record
from ..world import World

_SHARES = (1.0, 1.0, 0.5, 0.05)
_FIVE_MINUTES, _TWO_DAYS = 300.0, 172_800.0
_DERIVED = "@group.v.calendar.google.com"


def absent(world: World, collection: Collection, *, full: bool) -> Callable[[Record], bool]:
    """Return what to leave out of a listing."""
    topic, quirks = collection.topic, world.quirks
    about = " ".join(topic)
    if full:
        _begin(world, collection, about)
    share = world.memory.missing.get(topic, 1.0) if full and quirks.under_spell("Q20", about, world.now()) else 0
    derived = topic.resource == "events" and topic.owner.endswith(_DERIVED) and quirks.on("Q06")

    def lacks(record: Record) -> bool:
        checks = {
            "Q20": quirks.lot("Q20", f"{about} {record.key}") < share if share else False,
            "Q06": derived and (_is_old(record, world.now()) if full else record.deleted),
            "Q56": topic.resource == "settings"
            and collection.before(record) is None
            and quirks.picks("Q56", f"{about} {record.key}"),
        }
        met = [number for number, lacking in checks.items() if lacking]
        for number in met:
            quirks.meet(number)
        return bool(met)

    return lacks if share or derived or topic.resource == "settings" else lambda _: False


def _begin(world: World, collection: Collection, about: str) -> None:
    """For five minutes to two days, the same items are missing whenever the collection is listed."""
    quirks, now = world.quirks, world.now()
    if quirks.under_spell("Q20", about, now) or not quirks.strikes("Q20"):
        return
    dice = quirks.dice("Q20")
    world.memory.missing[collection.topic] = dice.choice(_SHARES)
    quirks.begin_spell("Q20", about, now, _FIVE_MINUTES * (_TWO_DAYS / _FIVE_MINUTES) ** dice.random())


def _is_old(record: Record, now: datetime) -> bool:
    end = record.item.get("end", {})
    if "dateTime" in end:
        moment = datetime.fromisoformat(end["dateTime"])
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) < now - timedelta(days=365)
    return "date" in end and date.fromisoformat(end["date"]) < (now - timedelta(days=365)).date()
