"""What may happen to watches of access rules, one life each."""

from dataclasses import replace

from calendar_watch.model.resources import ACL
from calendar_watch.model.target import Target
from tests.sql.conftest import HOUR, MINUTE
from tests.support.databases import InMemory
from tests.support.line import refused
from tests.support.world import ALICE, ALICES_ACL, BOB, KEY, World

BOBS_ACL = Target(ACL, BOB, ALICE)


def opened(world: World) -> None:
    """Alice owns Bob's calendar as well, and looks at both."""
    world.bob.share(BOB, ALICE, "owner")
    for target in (ALICES_ACL, BOBS_ACL):
        world.open(target)
    world.run(MINUTE)


def shared(world: World) -> None:
    opened(world)
    world.alice.share(ALICE, "eve@evil.net", "reader")
    world.alice.share_with(ALICE, "default", None, "freeBusyReader")
    world.run(MINUTE)
    world.alice.share(ALICE, "eve@evil.net", "none")
    world.bob.share(BOB, "carol@example.com", "writer")
    world.run(MINUTE)


def watched_for_two(world: World) -> None:
    shared(world)
    world.open(Target(ACL, ALICE, BOB))
    world.run(MINUTE)


def ended(world: World) -> None:
    shared(world)
    world.registry.end(ALICES_ACL.id)
    world.run(MINUTE)


def resumed(world: World) -> None:
    ended(world)
    world.alice.share(ALICE, "carol@example.com", "writer")
    world.open(ALICES_ACL)
    world.run(HOUR)


def resumed_after_everything_was_forgotten(world: World) -> None:
    ended(world)
    world.alice.share_with(ALICE, "default", None, "none")
    world.run(8 * HOUR)
    world.open(ALICES_ACL)
    world.run(MINUTE)


def erased(world: World) -> None:
    shared(world)
    world.registry.erase(ALICES_ACL.id)
    world.run(HOUR)


def resynced(world: World) -> None:
    shared(world)
    world.registry.resync(ALICES_ACL.id)
    world.run(HOUR)


def suspended(world: World) -> None:
    shared(world)
    with world.line.cut("GET", "/acl", refused(403, "forbidden")):
        world.run(3 * HOUR)


def told_by_none(world: World) -> None:
    """What its watches hold is in `items` alone."""
    world.deploy(replace(world.policy, baseline_in_stream=frozenset()), [KEY])
    shared(world)


def told_later(world: World) -> None:
    """The resource is added once there are watches of it."""
    told_by_none(world)
    world.deploy(replace(world.policy, baseline_in_stream=frozenset({"acl"})), [KEY])
    world.run(3 * HOUR)


def with_other_domains(world: World) -> None:
    shared(world)
    world.deploy(replace(world.policy, internal_domains=frozenset({"evil.net"})), [KEY])
    world.run(3 * HOUR)


def restored(world: World) -> None:
    """What the lost database alone has seen to come is gone by then, and the other way round."""
    assert isinstance(world.database, InMemory)
    shared(world)
    backup = world.database.backup()
    world.bob.share(BOB, "eve@evil.net", "writer")
    world.alice.share_with(ALICE, "default", None, "none")
    world.run(MINUTE)
    world.bob.share(BOB, "eve@evil.net", "none")
    world.alice.share_with(ALICE, "default", None, "reader")
    world.database.restore(backup)
    world.deploy(replace(world.policy, epoch=2), [KEY])
    world.run(3 * HOUR)


def unknown_to_the_backup(world: World) -> None:
    """Asked for again, its watches open anew, where nothing was told."""
    assert isinstance(world.database, InMemory)
    backup = world.database.backup()
    shared(world)
    world.database.restore(backup)
    world.deploy(replace(world.policy, epoch=2), [KEY])
    opened(world)


LIVES = (
    opened,
    shared,
    watched_for_two,
    ended,
    resumed,
    resumed_after_everything_was_forgotten,
    erased,
    resynced,
    suspended,
    told_later,
    with_other_domains,
    restored,
    unknown_to_the_backup,
)
