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


def test_where_there_is_no_watch_no_remedy_speaks_of_one() -> None:
    for reason in Reason:
        assert "the watch" not in reason.remedy_without_watch
        assert "/retry" not in reason.remedy_without_watch
        assert reason.remedy_without_watch.endswith(".")
    assert Reason.NOT_FOUND.remedy_without_watch == (
        "See that the calendar exists and that the subject can see it, then ask again."
    )
