from calendar_watch.reasons import Reason


def test_reasons_are_called_as_the_contract_calls_them() -> None:
    assert {each.value for each in Reason} == {
        *("pushNotSupported", "notificationsNotArriving", "forbidden", "notFound", "authorizationRevoked"),
        *("notACalendarUser", "apiDisabled", "webhookRefused", "subjectNotAllowed", "quotaExceeded", "emptyListing"),
        *("watchRefused", "readingsFailing", "signingFailing", "userGone"),
    }
