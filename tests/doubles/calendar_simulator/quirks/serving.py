"""The quirks of refusals, of channels and their messages, and of accounts and their tokens."""

from .quirk import Quirk

_ANSWERS: tuple[Quirk, ...] = (
    Quirk(
        "Q10",
        "404 that passes: for one call, or ten minutes for a calendar or for everybody's lists of one kind",
        "googleapis/google-api-java-client-services#5794, googleapis/google-api-java-client#702",
        0.001,
    ),
    Quirk(
        "Q11",
        "403 or 404 for what was made or shared less than a minute ago",
        "google/google-api-javascript-client#521, googleapis/google-api-php-client#288",
        0.8,
    ),
    Quirk(
        "Q12",
        "401 with a good token: for one call, or minutes",
        "googleapis/google-api-dotnet-client#220, googleapis/google-api-php-client#2356",
        0.0015,
    ),
    Quirk(
        "Q13",
        "delegation is refused to a whole domain for a while, or patchily while a grant spreads",
        "GAM-team/GAM#1291, googleworkspace/apps-script-oauth2#231; Google's admin help: up to 24 hours",
        0.01,
    ),
    Quirk(
        "Q14",
        "the token endpoint's clock is ten minutes wrong; or it says invalid_grant without a cause",
        "googleapis/google-api-php-client#1501, alextselegidis/easyappointments#1399",
        0.01,
    ),
    Quirk(
        "Q15",
        "IAM refuses signJwt, Calendar says accessNotConfigured, for minutes after a grant, every other time",
        "hashicorp/terraform-provider-google#15042 (a maintainer at Google)",
        0.0005,
    ),
    Quirk(
        "Q16",
        "403 with a reason that nobody listed, or with none, or in HTML; 404 in HTML",
        "phw198/OutlookGoogleCalendarSync#361, insanum/gcalcli#153",
        0.004,
    ),
    Quirk(
        "Q17",
        "a calendar refuses to be watched with 404, 403 or 400, although it can be listed",
        "vm0-ai/vm0#31096, closeio/sync-engine",
        0.004,
    ),
    Quirk(
        "Q19",
        "401 for a user who lost the Calendar service",
        "GAM-team/GAM (CALENDAR_THROW_REASONS), googleapis/google-cloud-node-core#536",
        0.0005,
    ),
    Quirk(
        "Q45",
        "one usage limit in many bodies",
        "alextselegidis/easyappointments#995, phw198/OutlookGoogleCalendarSync#1086, chimbori/google-calendar-crx#539",
        0.002,
    ),
    Quirk(
        "Q46",
        "writes and watches are refused for hours, lists are not",
        "inovex/CalendarSync#280; Google's help, in benjcunningham/googlecalendar#4",
        0.006,
    ),
    Quirk(
        "Q47",
        "500, 502 in HTML, 503; a 500 that stays, for one calendar",
        "taers232c/GAMADV-XTD3#316",
        0.002,
    ),
    Quirk(
        "Q48",
        "a limit on channels: 403 subscriptionRateLimitExceeded",
        "inferred from Drive: KnoWhiz/DoWhiz#1525",
        0.003,
    ),
    Quirk(
        "Q60",
        "403 notACalendarUser for a suspended user, and for whoever addresses that user's calendar",
        "GAM-team/GAM#806, webhookdb/webhookdb#624",
        0.0006,
    ),
    Quirk(
        "Q61",
        "deleted users: no token, 401 with an old one, 404 for others; the address can be another account's later",
        "GAM-team/GAM#1171",
        0.0003,
    ),
    Quirk(
        "Q62",
        "the token endpoint's other errors: passing ones, and ones that stay",
        "GAM-team/GAM (constants of 2025), closeio/sync-engine#1013, googleapis/google-api-ruby-client#720",
        0.01,
    ),
    Quirk(
        "Q63",
        "the token endpoint and IAM answer 502 in HTML, for one call or up to an hour",
        "googleapis/google-auth-library-python#1260, googleapis/google-cloud-python#15174",
        0.01,
    ),
)
"""What refuses a call instead of answering it."""

_MESSAGES: tuple[Quirk, ...] = (
    Quirk(
        "Q30",
        "a channel sends sync and then nothing; one with eventTypes three times as often",
        "closeio/sync-engine#688",
        0.06,
    ),
    Quirk(
        "Q31",
        "a message leaves with the next change only, or after an hour",
        "KeepSoftwareSimple/compass-calendar#1190",
        0.03,
    ),
    Quirk("Q33", "messages go on when the channel's user has lost access", "webhookdb/webhookdb#645", 1.0),
    Quirk(
        "Q34",
        "stopping somebody else's channel says 404, and it lives on; messages go on for minutes after a stop",
        "googleapis/google-api-nodejs-client#1402; the 404 is inferred",
        0.3,
    ),
    Quirk(
        "Q35",
        "headers in other shapes: expiration as RFC 3339 or missing, no URI, a new state, lower case, more of them",
        "inferred: push calls it human-readable, no other form is known",
        0.05,
    ),
    Quirk(
        "Q36",
        "a channel ends after an hour or a day, when nobody says, or before it began",
        "calcom/cal.com stores what it gets, closeio/sync-engine",
        0.05,
    ),
    Quirk("Q44", "one change, many messages", "inferred from one message for each of a thousand changes", 0.02),
)
"""What happens to channels and their messages."""

SERVING = (*_ANSWERS, *_MESSAGES)
