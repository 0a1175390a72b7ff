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
)
