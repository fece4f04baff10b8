"""Who asks: the bearer of an API token, or whoever is signed in to the console."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.actions import note_use
from qunyu.people.queries import scope_of, scope_of_token
from qunyu.people.signing import require_finished

NOT_SIGNED_IN = Words(
    "请在请求头中提供有效的令牌（Authorization: Bearer …），或先登录控制台",
    "send a valid token (Authorization: Bearer …), or sign in to the console first",
)
BAD_TOKEN = Words(
    "令牌无效、已过期或已撤销；请换一个令牌",
    "the token is unknown, has expired or was revoked; use another",
)
CSRF_FAILED = Words(
    "缺少 CSRF 校验；使用登录会话写入时请带上 X-CSRFToken 请求头",
    "the CSRF check failed; send the X-CSRFToken header when you write under a session",
)


class Token(HttpBearer):
    """`Authorization: Bearer <token>`; a request that carries one is judged by it alone, whatever its cookies say."""

    def __call__(self, request: HttpRequest) -> Scope | None:
        """The scope of the token's owner; None when the request carries no Authorization header.

        Raises DomainError bad_token.
        """
        if "Authorization" not in request.headers:
            return None
        scope: Scope | None = super().__call__(request)
        if scope is None:
            raise DomainError("bad_token", BAD_TOKEN)
        return scope

    def authenticate(self, request: HttpRequest, token: str) -> Scope | None:
        """The scope of the token's owner, None when it is not (or no longer) good."""
        now = timezone.now()
        scope = scope_of_token(token, now)
        if scope is not None:
            note_use(token_id=scope.actor.id, now=now)
        return scope


class Session(APIKeyCookie):
    """The console's session cookie; writes need the CSRF token besides."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Scope | None:
        """The scope of who is signed in, past the second step; None when nobody is.

        Raises DomainError csrf_failed; sign_in_unfinished while a new password or a second factor is owed in the console.
        """
        return self.authenticate(request, None)

    def authenticate(self, request: HttpRequest, key: str | None) -> Scope | None:
        """See `__call__`; the cookie itself was read by Django's session middleware."""
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated or not user.is_active:
            return None
        if check_csrf(request) is not None:
            raise DomainError("csrf_failed", CSRF_FAILED)
        scope = scope_of(user)
        require_finished(request.staff_session, scope)  # type: ignore[attr-defined]
        return scope


def scope_of_request(request: HttpRequest) -> Scope:
    """The scope that one of the above found; every operation of the API runs behind them."""
    scope: Scope = request.auth  # type: ignore[attr-defined]
    return scope
