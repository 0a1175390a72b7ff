"""Slips about what one instance remembers, shares among its threads, and can bear."""

from tests.searches.mutants.slip import Edit, Slip

SLIPS = (
    Slip(
        "each subject has a token of our own fetched for it",
        ("tests/unit/calendar_api/test_credentials.py",),
        (Edit("calendar_api/credentials.py", "functools.cache(lambda: _Own(source()))", "functools.cache(source)"),),
    ),
    Slip(
        "threads fetch the same token one by one",
        ("tests/unit/calendar_api/test_access_token.py",),
        (Edit("calendar_api/access_token.py", "others = self._fetching\n", "others = None\n"),),
    ),
    Slip(
        "a failed fetch is kept",
        ("tests/unit/calendar_api/test_access_token.py",),
        (Edit("calendar_api/access_token.py", "        finally:\n", "        else:\n"),),
    ),
    Slip(
        "a token is shown until its very end",
        ("tests/unit/calendar_api/test_access_token.py",),
        (Edit("calendar_api/access_token.py", "replace(tzinfo=UTC) - _SPARE", "replace(tzinfo=UTC)"),),
    ),
    Slip(
        "a token that was replaced already is thrown away with the one that was refused",
        ("tests/unit/calendar_api/test_access_token.py",),
        (Edit("calendar_api/access_token.py", "if self._kept and self._kept.text == text:", "if self._kept:"),),
    ),
    Slip(
        "a token that Calendar refuses is kept",
        ("tests/unit/calendar_api/test_credentials.py",),
        (Edit("calendar_api/credentials.py", "self._kept.refused(str(self.token))", "str(self.token)"),),
    ),
    Slip(
        "each forged message has a line",
        ("tests/unit/operations/test_forgeries.py",),
        (Edit("operations/forgeries.py", "if self._clock() >= self._quiet_until else 0", "if self._clock() else 0"),),
    ),
    Slip(
        "a line about forged messages tells of the last alone",
        ("tests/infra/test_logs.py",),
        (Edit("operations/forgeries.py", "count=count", "count=1"),),
    ),
    Slip(
        "what a flood leaves is told to nobody",
        ("tests/end_to_end/system/test_notifications.py",),
        (Edit("wiring.py", "        atexit.register(receiver.end)", "        #"),),
    ),
    Slip(
        "wake-ups may take all slots",
        ("tests/unit/config/test_settings.py", "tests/api/test_renewing.py"),
        (Edit("config/settings.py", "max(1, self.threads - 2)", "self.threads"),),
    ),
    Slip(
        "a slot is kept by a wake-up that is over",
        ("tests/api/test_renewing.py",),
        (Edit("operations/slots.py", "            self._free.release()", "            pass"),),
    ),
    Slip(
        "a first page has as many items as Google gives",
        ("tests/scenarios/test_listings.py",),
        (Edit("decisions/listing/page_size.py", "or fitting(watch.reading.item_weight) or _FIRST", "or _FULL"),),
    ),
    Slip(
        "pages of heavy items have as many as those of light ones",
        ("tests/unit/decisions/test_page_size.py",),
        (Edit("decisions/listing/page_size.py", "_BYTES // item_weight", "_FULL"),),
    ),
    Slip(
        "an increment's items are taken for all others",
        ("tests/unit/decisions/test_page_size.py",),
        (
            Edit(
                "decisions/listing/page_size.py",
                "page.items and (listing.whole or not watch.reading.item_weight)",
                "page.items",
            ),
        ),
    ),
    Slip(
        "a listing goes on with pages of another size than it began with",
        ("tests/unit/decisions/test_page_size.py",),
        (Edit("decisions/listing/page_size.py", "by_weight = chosen or fitting", "by_weight = fitting"),),
    ),
    Slip(
        "a cancelled instance is decided by the first page that shows it, although a later one shows its living series",
        ("tests/scenarios/test_events.py",),
        (
            Edit(
                "decisions/listing/merge.py",
                "replace(_there_after_all(item_id, view.notes), shown=mark, loose=not known)",
                "Notes(shown=mark, loose=not known)",
            ),
        ),
    ),
    Slip(
        "nobody asks for a series that is named before an increment shows it",
        ("tests/scenarios/test_listings.py",),
        (Edit("decisions/listing/ending.py", "found=off, alive=alive", "found=off"),),
    ),
    Slip(
        "nobody asks for a series that only what is held names",
        ("tests/scenarios/test_listings.py",),
        (Edit("decisions/listing/ending.py", "[*undecided, *held]", "undecided"),),
    ),
    Slip(
        "nobody asks for a series that is named before a whole listing shows it",
        ("tests/scenarios/test_listings.py",),
        (Edit("decisions/listing/ending.py", "if not ending.whole or _holds(ending, each)", "if not ending.whole"),),
    ),
    Slip(
        "each whole listing asks for the series of what is cancelled for good, though nobody holds it",
        ("tests/scenarios/test_listings.py",),
        (Edit("decisions/listing/ending.py", " if not ending.whole or _holds(ending, each)]", "]"),),
    ),
    Slip(
        "a whole listing that names more series than may be asked for is repeated for ever",
        ("tests/scenarios/test_listings.py",),
        (Edit("decisions/listing/ending.py", "asked[:MOST_ASKED] if ending.whole else asked", "asked"),),
    ),
    Slip(
        "Google's silence about a series ends what is cancelled of it",
        ("tests/scenarios/test_listings.py",),
        (Edit("decisions/listing/ending.py", "replace(ending, silent=silent)", "ending"),),
    ),
    Slip(
        "an audit that fails is shown nowhere",
        ("tests/scenarios/test_audits.py",),
        (Edit("decisions/listing/audit.py", "return in_trouble(put_off, StepKind.AUDIT, failure)", "return put_off"),),
    ),
    Slip(
        "what cannot be followed is shown nowhere",
        ("tests/scenarios/test_limits.py",),
        (Edit("reconciler/steps.py", "isinstance(step, next_step.Follow)", "not step"),),
    ),
)
