"""The settings a deployment gives in its environment, read and checked once at start."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words


@dataclass(frozen=True)
class Oidc:
    """The company's own sign-in (OpenID Connect); `link_by_email` links an account named like a verified e-mail by itself."""

    issuer: str
    client_id: str
    client_secret: str
    name: str
    link_by_email: bool


@dataclass(frozen=True)
class Environment:
    """`data` holds everything the deployment writes; `zone` sets its days; `upload_limit` is bytes of one upload in the console.

    `https` says that a proxy in front speaks HTTPS (and sets X-Forwarded-Proto itself): cookies are then marked secure.
    `audit_heads` is the file for heads of the audit chain; None stands for one in the data folder.
    `oidc` is None where people sign in with passwords only.
    """

    data: Path
    database: dict[str, object]
    secret_key: str
    zone: str
    debug: bool
    https: bool
    upload_limit: int
    audit_heads: Path | None
    oidc: Oidc | None


def bad_setting(name: str, value: str, remedy: Words) -> DomainError:
    """An error that names the environment variable, its value and the remedy."""
    message = Words("环境变量 {name}={value} 无效：", "The environment variable {name}={value} is not valid: ")
    text = message.fill(name=name, value=value)
    return DomainError("bad_setting", Words(text.zh + remedy.zh, text.en + remedy.en), name=name)


def read_environment(values: Mapping[str, str] = os.environ) -> Environment:
    """Reads QUNYU_DATA, QUNYU_DATABASE_URL, QUNYU_SECRET_KEY, QUNYU_TIME_ZONE, QUNYU_DEBUG, QUNYU_HTTPS, QUNYU_UPLOAD_LIMIT (MB),
    QUNYU_AUDIT_HEADS and the five that begin with QUNYU_OIDC.

    Raises DomainError bad_setting when one of them cannot be used.
    """
    data = _folder(values.get("QUNYU_DATA") or "var")
    return Environment(
        data=data,
        database=_database(values.get("QUNYU_DATABASE_URL", ""), data),
        secret_key=values.get("QUNYU_SECRET_KEY") or _kept_secret(data),
        zone=_zone(values.get("QUNYU_TIME_ZONE", "Asia/Shanghai")),
        debug=_switch("QUNYU_DEBUG", values.get("QUNYU_DEBUG", "")),
        https=_switch("QUNYU_HTTPS", values.get("QUNYU_HTTPS", "")),
        upload_limit=_megabytes("QUNYU_UPLOAD_LIMIT", values.get("QUNYU_UPLOAD_LIMIT", "2048")),
        audit_heads=_heads(values.get("QUNYU_AUDIT_HEADS", "")),
        oidc=_oidc(values),
    )


# What delta-rs takes for its own in a path: with "[" it stops altogether, and behind "%" it looks for another folder.
_UNFIT = frozenset("[]%")


def _folder(name: str) -> Path:
    try:
        data = Path(name).expanduser().resolve()
    except (OSError, RuntimeError, ValueError):
        raise _bad_folder(name) from None
    if _UNFIT & set(str(data)):
        raise bad_setting("QUNYU_DATA", name, Words("路径中不能有 [ ] %", "the path may not hold [ ] or %"))
    try:
        data.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError):
        raise _bad_folder(name) from None
    return data


def _bad_folder(name: str) -> DomainError:
    return bad_setting("QUNYU_DATA", name, Words("请使用可以写入的文件夹", "name a folder that can be written to"))


def _switch(name: str, value: str) -> bool:
    """On for 1. Any other word is refused: whoever writes "true" must not find it off."""
    if value in ("", "0", "1"):
        return value == "1"
    raise bad_setting(name, value, Words("请写 1（开）或 0（关）", "write 1 (on) or 0 (off)"))


def _heads(name: str) -> Path | None:
    if name and not Path(name).is_absolute():
        remedy = Words("请写文件的完整路径", "give the whole path of a file")
        raise bad_setting("QUNYU_AUDIT_HEADS", name, remedy)
    return Path(name) if name else None


def _megabytes(name: str, value: str) -> int:
    if value.isdecimal() and int(value) > 0:
        return int(value) * 1024 * 1024
    remedy = Words("请写以 MB 为单位的正整数，例如 2048", "write a whole number of megabytes, such as 2048")
    raise bad_setting(name, value, remedy)


def _oidc(values: Mapping[str, str]) -> Oidc | None:
    issuer = values.get("QUNYU_OIDC_ISSUER", "")
    client_id, secret = values.get("QUNYU_OIDC_CLIENT_ID", ""), values.get("QUNYU_OIDC_CLIENT_SECRET", "")
    by_email = _switch("QUNYU_OIDC_LINK_BY_EMAIL", values.get("QUNYU_OIDC_LINK_BY_EMAIL", ""))
    if not (issuer or client_id or secret):
        return None
    if not _safe_issuer(issuer):
        remedy = Words(
            "请填写以 https:// 开头的签发者地址（本机可用 http://127.0.0.1）",
            "give the issuer's address, which begins with https:// (or http://127.0.0.1 on this machine)",
        )
        raise bad_setting("QUNYU_OIDC_ISSUER", issuer, remedy)
    missing = Words("设置了 QUNYU_OIDC_ISSUER，就要一并设置", "QUNYU_OIDC_ISSUER needs it as well")
    for name, value in (("QUNYU_OIDC_CLIENT_ID", client_id), ("QUNYU_OIDC_CLIENT_SECRET", secret)):
        if not value:
            raise bad_setting(name, value, missing)
    return Oidc(issuer, client_id, secret, values.get("QUNYU_OIDC_NAME") or "SSO", by_email)


def _safe_issuer(address: str) -> bool:
    """Source: OpenID Connect Discovery 1.0, section 3: https, a host, neither query nor fragment."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if len(address) > 200 or parts.query or parts.fragment:
        return False
    local = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    return (parts.scheme == "https" or local) and bool(parts.hostname)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # the last for half a name: "Asia" is a folder
        remedy = Words("请使用 Asia/Shanghai 这样的时区名", "use a zone name such as Asia/Shanghai")
        raise bad_setting("QUNYU_TIME_ZONE", name, remedy) from None
    return name


def _kept_secret(data: Path) -> str:
    """The key that signs sessions and hashes phone numbers: made once, readable by its owner only."""
    path = data / "secret.key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def _database(url: str, data: Path) -> dict[str, object]:
    if not url:
        return _sqlite(str(data / "db.sqlite3"))
    try:
        parts = urlsplit(url)
        name, port = unquote(parts.path)[1:], str(parts.port or "")
    except ValueError:
        raise _bad_database(url) from None
    if parts.scheme == "sqlite" and name:
        return _sqlite(name)
    if parts.scheme in ("postgresql", "postgres") and name:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": _host(parts.netloc, parts.query),
            "PORT": port,
            "CONN_MAX_AGE": 60,
        }
    raise _bad_database(url)


def _bad_database(url: str) -> DomainError:
    remedy = Words(
        "请使用 sqlite:///路径 或 postgresql://用户@主机:端口/库名",
        "use sqlite:///PATH or postgresql://USER@HOST:PORT/DATABASE",
    )
    # A password must not end up in a log.
    shown = re.sub(r"//([^:/@]*):.*@", r"//\1:***@", url)
    return bad_setting("QUNYU_DATABASE_URL", shown, remedy)


def _host(netloc: str, query: str) -> str:
    """PostgreSQL's own form ?host=/folder names a Unix socket (libpq, section 34.1.1.2)."""
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if name == "host":
            return unquote(value)
    host = netloc.rpartition("@")[2]
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return unquote(host.partition(":")[0])


def _sqlite(path: str) -> dict[str, object]:
    """WAL and IMMEDIATE: readers never wait, writers queue instead of failing half-way through a transaction."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
        },
        # An in-memory database would be one per connection; workers and threads must see the same one.
        "TEST": {"NAME": f"{path}.test"},
    }
