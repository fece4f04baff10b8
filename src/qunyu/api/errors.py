"""Errors as problem documents (RFC 9457, formerly RFC 7807), in the caller's language."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from http import HTTPStatus

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from qunyu.api.auth import NOT_SIGNED_IN
from qunyu.api.invalid import field_errors
from qunyu.api.problems import FieldError
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

MEDIA_TYPE = "application/problem+json"
logger = logging.getLogger("qunyu.api")

# Every other code is a request that was understood and cannot be done as it stands: 422.
STATUS = {
    "not_signed_in": 401,
    "bad_token": 401,
    "csrf_failed": 403,
    "denied": 403,
    "denied_segment_field": 403,
    "sign_in_unfinished": 403,
    "not_yours": 403,
    "no_records": 404,
    "unknown_address": 404,
    "unknown_alert": 404,
    "unknown_change": 404,
    "unknown_contact": 404,
    "unknown_decision": 404,
    "unknown_community": 404,
    "unknown_duty": 404,
    "unknown_staff": 404,
    "unknown_work": 404,
    "unknown_import": 404,
    "unknown_link": 404,
    "unknown_programme": 404,
    "unknown_movement": 404,
    "unknown_level": 404,
    "unknown_fee": 404,
    "unknown_benefit": 404,
    "unknown_reward": 404,
    "unknown_redemption": 404,
    "unknown_rule": 404,
    "unknown_member": 404,
    "unknown_metric": 404,
    "unknown_report": 404,
    "unknown_request": 404,
    "unknown_receipt": 404,
    "unknown_kind": 404,
    "export_gone": 404,
    "unknown_schedule": 404,
    "unknown_period": 404,
    "unknown_purpose": 404,
    "unknown_segment": 404,
    "unknown_snapshot": 404,
    "unknown_tag_rule": 404,
    "unknown_session": 404,
    "unknown_step": 404,
    "unknown_unit": 404,
    "unknown_profile_field": 404,
    "unknown_grant": 404,
    "no_list_yet": 404,
    "unknown_giving": 404,
    "unknown_offer": 404,
    "offer_over": 409,
    "nobody_to_give": 409,
    "giving_kept": 409,
    "not_listed": 409,
    "not_now": 409,
    "unknown_opinion": 404,
    "unknown_survey": 404,
    "unknown_tag": 404,
    "unknown_tag_group": 404,
    "unknown_tag_act": 404,
    "rule_holds": 409,
    "tag_in_use": 409,
    "unknown_token": 404,
    "token_by_token": 403,
    "own_access": 409,
    "last_director": 409,
    "segment_used": 409,
    "unit_held": 409,
    "unit_root": 409,
    "role_in_use": 409,
    "built_in": 409,
    "cannot_undo": 409,
    "step_not_possible": 409,
    "survey_not_draft": 409,
    "contact_kept": 409,
    "occasion_decided": 409,
    "occasion_undecided": 409,
    "unknown_occasion": 404,
    "unknown_ask": 404,
    "survey_not_open": 409,
    "points_key_reused": 409,
    "redemption_ended": 409,
    "level_in_use": 409,
    "vip_has_fees": 409,
    "out_of_stock": 409,
    "stock_moved": 409,
    "not_enough_points": 409,
    "request_open": 409,
    "request_ended": 409,
    "upload_too_large": 413,
}
TITLES = {
    400: Words("请求无法读取", "Bad request"),
    401: Words("未登录", "Not signed in"),
    403: Words("没有权限", "Not allowed"),
    404: Words("找不到", "Not found"),
    405: Words("不支持的方法", "Method not allowed"),
    409: Words("状态冲突", "Conflict"),
    413: Words("内容过大", "Too large"),
    422: Words("请求有误", "Not valid"),
    500: Words("服务器出错", "Server error"),
}
INVALID = Words("请求有误（{n} 处），见 errors", "the request is not valid; errors lists what is wrong ({n})")
UNREADABLE = Words("请求的内容无法读取：{reason}", "the request cannot be read: {reason}")
UNKNOWN_ADDRESS = Words(
    "没有这个地址；接口说明见 /api/v1/docs", "there is no such address; /api/v1/docs lists those there are"
)
BODY_TOO_LARGE = Words("请求的内容过大", "the body of the request is too large")
INTERNAL = Words("服务器内部出错，已记入日志", "something went wrong in the server and was logged")


def problem(status: int, code: str, detail: Words, errors: Iterable[FieldError] = ()) -> HttpResponse:
    """The answer that says what is wrong."""
    document = {
        "type": f"urn:qunyu:problem:{code}",
        "title": str(TITLES[status]) if status in TITLES else HTTPStatus(status).phrase,
        "status": status,
        "detail": str(detail),
        "code": code,
        "errors": [each.model_dump() for each in errors],
    }
    response = HttpResponse(json.dumps(document, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="qunyu"'
    return response


def of_domain(error: DomainError) -> HttpResponse:
    """What a DomainError answers; one that names a field shows at it."""
    field = error.data.get("field")
    errors = [FieldError(field=str(field), code=error.code, message=str(error.message))] if field else []
    return problem(STATUS.get(error.code, 422), error.code, error.message, errors)


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = field_errors(error.errors)
    return problem(422, "invalid", INVALID.fill(n=len(errors)), errors)


def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    return unreadable(error.message) if error.status_code == HTTPStatus.BAD_REQUEST else unexpected(error)


def unreadable(reason: str) -> HttpResponse:
    """The answer to a body or header that makes no sense."""
    return problem(400, "unreadable", UNREADABLE.fill(reason=reason))


def unexpected(error: Exception) -> HttpResponse:
    """The answer to a mistake of ours; what it was stands in the log only."""
    logger.error("an API request failed", exc_info=error)
    return problem(500, "internal", INTERNAL)


def install(api: NinjaAPI) -> None:
    """Makes `api` answer every error as a problem document."""
    api.add_exception_handler(Exception, lambda request, error: unexpected(error))  # type: ignore[arg-type]
    api.add_exception_handler(DomainError, lambda request, error: of_domain(error))  # type: ignore[arg-type]
    api.add_exception_handler(ValidationError, _invalid)  # type: ignore[arg-type]
    api.add_exception_handler(HttpError, _http)  # type: ignore[arg-type]
    for kind in (SuspiciousOperation, BadRequest, MultiPartParserError):
        api.add_exception_handler(kind, lambda request, error: unreadable(type(error).__name__))
    api.add_exception_handler(RequestDataTooBig, lambda request, error: problem(413, "body_too_large", BODY_TOO_LARGE))
    api.add_exception_handler(AuthenticationError, lambda request, error: problem(401, "not_signed_in", NOT_SIGNED_IN))
    api.add_exception_handler(Http404, lambda request, error: problem(404, "unknown_address", UNKNOWN_ADDRESS))
