from calendar_watch.reasons import Reason


def test_reasons_are_called_as_the_contract_calls_them() -> None:
    assert {each.value for each in Reason} == {
        *("pushNotSupported", "notificationsNotArriving", "forbidden", "notFound", "authorizationRevoked"),
        *("notACalendarUser", "apiDisabled", "webhookRefused", "subjectNotAllowed", "quotaExceeded", "emptyListing"),
        *("watchRefused", "readingsFailing", "signingFailing", "userGone"),
    }


def test_only_what_the_admin_console_can_mend_sends_people_there() -> None:
    assert {each for each in Reason if "admin console" in each.remedy} == {Reason.AUTHORIZATION_REVOKED}
    assert "Calendar service switched on" in Reason.AUTHORIZATION_REVOKED.remedy
    assert "roles/iam.serviceAccountTokenCreator" in Reason.SIGNING_FAILING.remedy
