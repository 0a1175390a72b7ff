"""A listing that goes in circles is noticed, wherever the circle begins and however long it is."""

from hypothesis import given
from hypothesis import strategies as st

from calendar_watch.model.listing import PageTrail


def noticed_after(tokens: list[str]) -> int | None:
    """How many pages were turned when a token was seen again; None: none was."""
    trail = PageTrail()
    for number, token in enumerate(tokens):
        if trail.has_seen(token):
            return number
        trail = trail.turned(token)
    return None


@given(st.integers(0, 20), st.integers(1, 20))
def test_any_circle_is_noticed_within_three_times_its_way(before: int, length: int) -> None:
    ahead = [f"before {number}" for number in range(before)]
    circle = [f"circle {number}" for number in range(length)]
    turned = noticed_after(ahead + circle * 64)
    assert turned is not None
    assert turned <= 3 * (before + length) + 1


@given(st.integers(0, 100))
def test_a_listing_that_ends_never_seems_to_go_in_circles(pages: int) -> None:
    assert noticed_after([*map(str, range(pages)), ""]) is None
