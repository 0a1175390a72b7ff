"""What people do in Google's own pages, and Google by itself: all that no method of the API does."""

from collections.abc import Callable, Collection
from datetime import date

from . import access, errors, instances, times, users
from .people import Standing
from .quirks import accounts, generated, groups, owners, renames, splits
from .world import World


class BackOffice:
    """`tell` announces what has changed."""

    def __init__(self, world: World, tell: Callable[[], None]) -> None:
        self._world = world
        self._tell = tell

    def split(self, user: str, calendar_id: str, series_id: str, at: date) -> str:
        """End the series before that instance, and return the id of what goes on: 'this and following'."""
        calendar_id = self._named(user, calendar_id)
        access.require(self._world, calendar_id, user, "writer")
        events = self._world.events(calendar_id)
        series = events.get(splits.master(self._world, events.topic.owner, series_id, times.compact(at)))
        if series is None or "recurrence" not in series.item:
            raise errors.not_found()
        new_id = splits.split(self._world, events, series, at)
        self._tell()
        return new_id

    def instance_id(self, user: str, calendar_id: str, series_id: str, original_start: date) -> str:
        """Return what an instance is called, which need not tell its series."""
        events = self._world.events(self._named(user, calendar_id))
        classic = instances.id_of(series_id, original_start)
        record = instances.find(self._world, events, classic)
        return record.key if record else classic

    def rename(self, old: str, new: str) -> None:
        """Give a user another address."""
        self.meet(old)
        renames.rename(self._world, old, new)
        self._world.people.rename(old, new)
        self._tell()

    def recreate(self, user: str) -> None:
        """Delete a user, and make another account under the same address."""
        self.meet(user)
        accounts.recreate(self._world, user)
        self._tell()

    def employ(self, users: Collection[str], admins: Collection[str]) -> None:
        """Let these be all in the Directory; calendars they have as anybody has."""
        self._world.people.employ(users, admins)

    def stand(self, user: str, standing: Standing) -> None:
        """What the Directory says of somebody. Calendar goes on as it was: see Q60 and Q61."""
        self._world.people.stand(user, standing)

    def transfer(self, calendar_id: str, new_owner: str) -> None:
        """Give a calendar another data owner."""
        self.meet(new_owner)
        owners.transfer(self._world, calendar_id, new_owner)
        self._tell()

    def set_group(self, group: str, members: Collection[str]) -> None:
        groups.regroup(self._world, group, members)
        self._tell()

    def derive_calendar(self, user: str, name: str) -> str:
        """Return the id of a calendar that Google makes, like those of birthdays; `generated.GOOGLE` writes in it."""
        self.meet(user)
        calendar_id = generated.derive(self._world, user, name)
        self._tell()
        return calendar_id

    def build_room(self, domain: str, name: str) -> str:
        """Return the id of a room that nobody has a rule of their own for."""
        calendar_id = generated.build_room(self._world, domain, name)
        self._tell()
        return calendar_id

    def finish(self) -> None:
        """Do at once whatever Google would do later by itself."""
        self._world.errands.run_all()
        self._tell()

    def _named(self, user: str, calendar_id: str) -> str:
        return self._world.account(user) if calendar_id == "primary" else calendar_id

    def meet(self, user: str) -> None:
        """Let somebody be there, who else is from the first call on."""
        users.meet(self._world, user)
        self._world.take_news()  # nobody can be watching what has only just come into being
