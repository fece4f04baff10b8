"""OpenID Connect: signing in at the company's own provider. The one module that speaks HTTP to it, through Authlib.

Source: OpenID Connect Core 1.0 (authorization code flow, 3.1), Discovery 1.0, RFC 7636 (PKCE with S256), RFC 8176 (amr).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

# An answer belongs to a question of the last ten minutes.
PATIENCE = 600
TIMEOUT, LEEWAY = 10, 60
# Source: OpenID Connect Core 1.0, section 2: at most 255 characters.
SUBJECT = 255
# Signed with the provider's own key. Never "none", and never our shared secret, which others could know.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
# A second factor was asked for there.
STRONG = frozenset(("mfa", "otp"))
_BEGUN = "qunyu_provider"

MISSING = Words(
    "单位账号登录需要额外组件，尚未安装：请运维执行 pip install 'qunyu[oidc]' 后重启",
    "signing in with a company account needs an extra that is not installed: have pip install 'qunyu[oidc]' run, and a restart",
)
UNREACHABLE = Words(
    "无法连接到“{name}”，请稍后再试，或用密码登录；一直如此请联系运维检查 QUNYU_OIDC_ISSUER",
    "“{name}” cannot be reached; try again later or use your password; if it stays so, have QUNYU_OIDC_ISSUER checked",
)
NOT_VALID = Words(
    "“{name}”的应答无效，未能登录；请重新登录一次，一直如此请联系运维（{why}）",
    "the answer of “{name}” is not valid and nobody was signed in; try once more, and tell whoever runs this if it stays so ({why})",
)
REFUSED = Words("“{name}”没有放行：{why}", "“{name}” did not let you in: {why}")


@dataclass(frozen=True)
class Provider:
    """Who signs people in for us: `name` stands on the button."""

    issuer: str
    client_id: str
    client_secret: str
    name: str
    link_by_email: bool


@dataclass(frozen=True)
class Claims:
    """Whom the provider vouches for; `email` only when it is verified, `strong` when it asked for a second factor."""

    issuer: str
    subject: str
    email: str
    strong: bool
    goal: str


def provider() -> Provider | None:
    """The provider of the deployment's settings; None when there is none."""
    return Provider(**settings.QUNYU_OIDC) if settings.QUNYU_OIDC else None


def begin(request: HttpRequest, chosen: Provider, back: str, goal: str, now: datetime) -> HttpResponse:
    """Leads the browser to the provider, which sends it to the address `back`.

    Raises DomainError oidc_missing, provider_unreachable or provider_answer.
    """
    request.session[_BEGUN] = {"at": now.timestamp(), "goal": goal}
    with _told(chosen):
        return _app(chosen, now).authorize_redirect(request, back)  # type: ignore[no-any-return]


def finish(request: HttpRequest, chosen: Provider, now: datetime) -> Claims:
    """Whom the provider's answer vouches for: state, nonce, signature, issuer, audience and times are right.

    Raises DomainError oidc_missing, provider_unreachable, provider_answer or provider_refused.
    """
    begun = request.session.pop(_BEGUN, None)
    if begun is None or not 0 <= now.timestamp() - begun["at"] < PATIENCE:
        raise _not_valid(chosen, "state")
    if request.GET.get("error"):
        why = request.GET.get("error_description") or request.GET["error"]
        raise DomainError("provider_refused", REFUSED.fill(name=chosen.name, why=why[:200]))
    with _told(chosen):
        claims = _claims(request, chosen, now)
        amr = claims.get("amr") or []
        email = str(claims.get("email", "")) if claims.get("email_verified") is True else ""
        strong = not STRONG.isdisjoint(amr)
        return Claims(chosen.issuer, str(claims["sub"]), email, strong, begun["goal"])


def _claims(request: HttpRequest, chosen: Provider, now: datetime) -> Any:
    options = {
        "iss": {"essential": True, "value": chosen.issuer},
        "aud": {"essential": True, "value": chosen.client_id},
    }
    token = _app(chosen, now).authorize_access_token(request, claims_options=options, leeway=LEEWAY)
    found = token.get("userinfo")
    if not found or not 0 < len(str(found["sub"])) <= SUBJECT:
        raise _not_valid(chosen, "id_token")
    return found


def _app(chosen: Provider, now: datetime) -> Any:
    """Authlib's client, with what the provider said of itself within the hour."""
    app = _registered(chosen, int(now.timestamp()) // 3600)
    metadata = app.load_server_metadata()
    if metadata.get("issuer") != chosen.issuer:
        raise _not_valid(chosen, "issuer")
    given = metadata.get("id_token_signing_alg_values_supported") or ()
    metadata["id_token_signing_alg_values_supported"] = [each for each in given if each in ALGORITHMS] or ["RS256"]
    return app


@lru_cache(maxsize=4)
def _registered(chosen: Provider, hour: int) -> Any:
    from authlib.integrations.django_client import OAuth

    return OAuth().register(
        "provider",
        client_id=chosen.client_id,
        client_secret=chosen.client_secret,
        server_metadata_url=f"{chosen.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256", "default_timeout": TIMEOUT},
    )


@contextmanager
def _told(chosen: Provider) -> Iterator[None]:
    """Turns what goes wrong with the provider inside the block into errors that a person can read."""
    try:
        yield
    except DomainError:
        raise
    except Exception as error:
        raise _error(error, chosen) from error


def _error(error: Exception, chosen: Provider) -> Exception:
    if isinstance(error, ImportError):
        return DomainError("oidc_missing", MISSING)
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError
    from requests.exceptions import InvalidJSONError, RequestException

    if isinstance(error, RequestException) and not isinstance(error, InvalidJSONError):
        return DomainError("provider_unreachable", UNREACHABLE.fill(name=chosen.name))
    if isinstance(error, (AuthlibBaseError, JoseError, RequestException)):
        return _not_valid(chosen, str(getattr(error, "error", "") or type(error).__name__))
    # Authlib says so where the provider's own description lacks what it should have.
    if isinstance(error, (RuntimeError, ValueError, KeyError, TypeError)):
        return _not_valid(chosen, type(error).__name__)
    return error


def _not_valid(chosen: Provider, why: str) -> DomainError:
    return DomainError("provider_answer", NOT_VALID.fill(name=chosen.name, why=why))
