"""Quirks that last a while once they have struck."""

from ..world import World


def holds(world: World, number: str, about: str, *, least: float, most: float) -> bool:
    """Whether a spell holds for it, which may begin on this occasion; lengths are spread evenly by their logarithm."""
    quirks, now = world.quirks, world.now()
    if not quirks.under_spell(number, about, now) and quirks.strikes(number):
        seconds = least * (most / least) ** quirks.dice(number).random()
        quirks.begin_spell(number, about, now, seconds)
    held = quirks.under_spell(number, about, now)
    if held:
        quirks.meet(number)
    return held
