"""Every refusal of the simulated API, in Google's shape."""

import json

from .call import Answer

JSON = {"content-type": "application/json; charset=UTF-8"}


class ApiError(Exception):
    def __init__(self, status: int, reason: str, message: str, domain: str = "global") -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.detail = {"domain": domain, "reason": reason, "message": message}

    def at(self, location_type: str, location: str) -> "ApiError":
        self.detail |= {"locationType": location_type, "location": location}
        return self

    def answer(self) -> Answer:
        body = {"error": {"errors": [self.detail], "code": self.status, "message": str(self)}}
        return Answer(self.status, JSON, json.dumps(body, indent=1).encode())


def invalid_parameter(name: str, message: str) -> ApiError:
    return ApiError(400, "invalidParameter", message).at("parameter", name)


def not_with_sync_token(name: str) -> ApiError:
    return ApiError(400, "invalid", f"{name} cannot be combined with a sync token.").at("parameter", name)


def invalid_value(message: str) -> ApiError:
    return ApiError(400, "invalid", message)


def time_range_empty() -> ApiError:
    return ApiError(400, "timeRangeEmpty", "The specified time range is empty.", domain="calendar")


def required(name: str) -> ApiError:
    return ApiError(400, "required", f"Required: {name}")


def parse_error() -> ApiError:
    return ApiError(400, "parseError", "Parse Error")


def channel_id_invalid() -> ApiError:
    return ApiError(
        400, "push.channelIdInvalid", r"Channel ID must match the following regular expression: [A-Za-z0-9\-_\+/=]+"
    )


def channel_id_not_unique(channel_id: str) -> ApiError:
    return ApiError(400, "channelIdNotUnique", f"Channel id {channel_id} not unique")


def channel_type_not_supported(kind: str) -> ApiError:
    return ApiError(400, "push.channelTypeNotSupported", f"Channel type {kind} not supported")


def push_invalid_ttl(seconds: str) -> ApiError:
    return ApiError(400, "pushInvalidTtl", f"Invalid ttl value for channel {seconds}")


def webhook_without_host(address: str) -> ApiError:
    return ApiError(400, "push.webhookUrlNoHostOrAddress", f"WebHook callback has no host: {address}")


def webhook_not_https(address: str) -> ApiError:
    return ApiError(400, "push.webhookUrlNotHttps", f"WebHook callback must be HTTPS: {address}")


def webhook_unauthorized(address: str) -> ApiError:
    return ApiError(400, "push.webhookUrlUnauthorized", f"Unauthorized WebHook callback channel: {address}")


def push_not_supported() -> ApiError:
    message = "Push notifications are not supported by this resource."
    return ApiError(400, "pushNotSupportedForRequestedResource", message, domain="calendar")


def auth_error() -> ApiError:
    return ApiError(401, "authError", "Invalid Credentials").at("header", "Authorization")


def insufficient_permissions() -> ApiError:
    message = "Insufficient Permission: Request had insufficient authentication scopes."
    return ApiError(403, "insufficientPermissions", message)


def required_access_level(role: str) -> ApiError:
    message = f"You need to have {role} access to this calendar."
    return ApiError(403, "requiredAccessLevel", message, domain="calendar")


def cannot_change_own_acl() -> ApiError:
    return ApiError(403, "cannotChangeOwnAcl", "Cannot change your own access level.", domain="calendar")


def cannot_delete_primary() -> ApiError:
    return ApiError(403, "cannotDeletePrimaryCalendar", "Cannot delete primary calendar.", domain="calendar")


def cannot_drop_own_calendar() -> ApiError:
    message = "Cannot remove a calendar that you own from your calendar list."
    return ApiError(403, "cannotChangeOwnPrimarySubscription", message, domain="calendar")


def forbidden() -> ApiError:
    return ApiError(403, "forbidden", "Forbidden")


def not_found() -> ApiError:
    return ApiError(404, "notFound", "Not Found")


def channel_not_found(channel_id: str, project: str) -> ApiError:
    return ApiError(404, "channelNotFound", f"Channel '{channel_id}' not found for project '{project}'")


def duplicate() -> ApiError:
    return ApiError(409, "duplicate", "The requested identifier already exists.")


def deleted() -> ApiError:
    return ApiError(410, "deleted", "Resource has been deleted")


def full_sync_required() -> ApiError:
    message = "Sync token is no longer valid, a full sync is required."
    return ApiError(410, "fullSyncRequired", message, domain="calendar").at("parameter", "syncToken")


def invalid_sync_token() -> ApiError:
    return ApiError(400, "invalid", "Invalid sync token value.").at("parameter", "syncToken")


def cannot_remove_last_owner() -> ApiError:
    message = "Cannot remove the last owner of the calendar."
    return ApiError(403, "cannotRemoveLastCalendarOwnerFromAcl", message, domain="calendar")


def internal_error() -> ApiError:
    return ApiError(500, "internalError", "Internal Error")


def not_authorized() -> ApiError:
    return ApiError(403, "forbidden", "Not Authorized to access this resource/api")


def domain_not_found() -> ApiError:
    return ApiError(404, "notFound", "Domain not found")


def user_key_not_found() -> ApiError:
    return ApiError(404, "notFound", "Resource Not Found: userKey")


def invalid_input() -> ApiError:
    return ApiError(400, "invalid", "Invalid Input")


def not_offered(what: str) -> ApiError:
    return ApiError(501, "notImplemented", f"The simulator does not offer {what}.")
