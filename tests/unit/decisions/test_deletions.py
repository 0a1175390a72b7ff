import pytest

from calendar_watch.decisions.deletions import emptied
from calendar_watch.model.resources import Item


def numbered(first: int, last: int) -> dict[str, Item]:
    return {str(number): {"id": str(number)} for number in range(first, last)}


@pytest.mark.parametrize(
    ("before", "gone", "braked"),
    [
        (0, 0, False),
        (1, 0, False),
        (1, 1, True),
        (2, 1, False),
        (9, 8, False),
        (9, 9, True),
        (18, 9, False),
        (19, 9, False),
        (19, 10, True),
        (20, 10, False),
        (20, 11, True),
        (1000, 500, False),
        (1000, 501, True),
    ],
)
def test_a_listing_that_lost_all_or_more_than_half_and_ten_is_doubted(
    before: int,
    gone: int,
    braked: bool,  # noqa: FBT001 (pytest passes it by name)
) -> None:
    old, added = numbered(0, before), numbered(5000, 5100)
    assert emptied(old, numbered(gone, before)) is braked
    assert emptied(old, {**numbered(gone, before), **added}) is braked, "what is new makes up for nothing"
