"""Asking Google for single items that a listing did not show."""

from collections.abc import Iterable

from calendar_watch.decisions.listing.absences import Proof, proof_of
from calendar_watch.errors import GoogleError, ItemGoneError, TryLaterError
from calendar_watch.ports import Services
from calendar_watch.reconciler.lease import Lease


def proofs(services: Services, lease: Lease, item_ids: Iterable[str]) -> list[Proof]:
    return [_proof(services, lease, each) for each in item_ids]


def _proof(services: Services, lease: Lease, item_id: str) -> Proof:
    lease.heartbeat()
    try:
        return proof_of(services.calendar.get(lease.watch.target, item_id))
    except ItemGoneError:
        return Proof.GONE
    except TryLaterError:
        return Proof.SILENT
    except GoogleError:
        return Proof.REFUSED
