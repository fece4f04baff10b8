"""Every variable of a deployment, good and bad; what is bad is named, with a remedy."""

import os
import stat
from pathlib import Path

import pytest

from qunyu.config.environment import Environment, Oidc, read_environment
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import speaking


def read(folder: Path, **values: str) -> Environment:
    return read_environment({"QUNYU_DATA": str(folder), **values})


def test_what_holds_when_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = read_environment({})
    assert found.data == tmp_path / "var"
    assert found.data.is_dir()
    assert found.database["NAME"] == str(tmp_path / "var" / "db.sqlite3")
    assert (found.zone, found.debug, found.https) == ("Asia/Shanghai", False, False)
    assert found.upload_limit == 2048 * 1024 * 1024


def test_data_is_made_with_its_parents_and_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert read_environment({"QUNYU_DATA": "a/b"}).data == tmp_path / "a" / "b"
    assert read_environment({"QUNYU_DATA": "~/q"}).data == tmp_path / "home" / "q"
    assert (tmp_path / "a" / "b").is_dir()


@pytest.mark.parametrize("name", ["a%41b", "a[1]", "b]"])
def test_data_may_not_lie_where_the_lake_cannot(tmp_path: Path, name: str) -> None:
    with pytest.raises(DomainError) as caught:
        read_environment({"QUNYU_DATA": str(tmp_path / name)})
    assert "QUNYU_DATA" in caught.value.message.en
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("name", ["a#b", "a?b", "a b", "数据 一"])
def test_the_database_lies_in_data_whatever_that_is_called(tmp_path: Path, name: str) -> None:
    assert read(tmp_path / name).database["NAME"] == str(tmp_path / name / "db.sqlite3")


# Name -> value -> what a person reads about it (in English).
BAD = [
    ("QUNYU_TIME_ZONE", "Mars/Olympus", "use a zone name such as Asia/Shanghai"),
    ("QUNYU_TIME_ZONE", "", "use a zone name"),
    ("QUNYU_TIME_ZONE", "Asia", "use a zone name"),
    ("QUNYU_TIME_ZONE", "../UTC", "use a zone name"),
    ("QUNYU_TIME_ZONE", "UTC+8", "use a zone name"),
    ("QUNYU_UPLOAD_LIMIT", "0", "a whole number of megabytes"),
    ("QUNYU_UPLOAD_LIMIT", "-1", "a whole number of megabytes"),
    ("QUNYU_UPLOAD_LIMIT", "2 GB", "a whole number of megabytes"),
    ("QUNYU_UPLOAD_LIMIT", "", "a whole number of megabytes"),
    ("QUNYU_DEBUG", "true", "write 1 (on) or 0 (off)"),
    ("QUNYU_HTTPS", "yes", "write 1 (on) or 0 (off)"),
    ("QUNYU_DATABASE_URL", "mysql://u@h/x", "sqlite:///PATH or postgresql://"),
    ("QUNYU_DATABASE_URL", "db.sqlite3", "sqlite:///PATH"),
    ("QUNYU_DATABASE_URL", "sqlite://", "sqlite:///PATH"),
    ("QUNYU_DATABASE_URL", "sqlite:///", "sqlite:///PATH"),
    ("QUNYU_DATABASE_URL", "postgresql://u@h", "postgresql://USER@HOST:PORT/DATABASE"),
    ("QUNYU_DATABASE_URL", "postgresql://u@h:port/x", "postgresql://USER@HOST:PORT/DATABASE"),
    ("QUNYU_DATABASE_URL", "postgresql://[::1/x", "postgresql://USER@HOST:PORT/DATABASE"),
]


@pytest.mark.parametrize(("name", "value", "remedy"), BAD)
def test_a_bad_value_is_named_with_its_remedy(tmp_path: Path, name: str, value: str, remedy: str) -> None:
    with pytest.raises(DomainError) as caught:
        read(tmp_path, **{name: value})
    assert (caught.value.code, caught.value.data) == ("bad_setting", {"name": name})
    with speaking("en"):
        assert str(caught.value).startswith(f"The environment variable {name}={value} is not valid: ")
        assert remedy in str(caught.value)
    with speaking("zh"):
        assert str(caught.value).startswith(f"环境变量 {name}={value} 无效：请")


@pytest.mark.parametrize("place", ["file", "file/below", "nul\0"])
def test_data_that_cannot_be_written(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DomainError) as caught:
        read(tmp_path / place)
    assert caught.value.data == {"name": "QUNYU_DATA"}


def test_a_bad_address_does_not_tell_its_password(tmp_path: Path) -> None:
    with pytest.raises(DomainError) as caught:
        read(tmp_path, QUNYU_DATABASE_URL="mysql://anna:pa@ss/w@db.example:3306/x")
    assert "mysql://anna:***@db.example:3306/x" in caught.value.message.en
    assert "ss/w" not in caught.value.message.en + caught.value.message.zh


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Argentina/Buenos_Aires", "UTC"])
def test_a_zone(tmp_path: Path, zone: str) -> None:
    assert read(tmp_path, QUNYU_TIME_ZONE=zone).zone == zone


OIDC = {
    "QUNYU_OIDC_ISSUER": "https://id.example/realms/tea", "QUNYU_OIDC_CLIENT_ID": "qunyu", "QUNYU_OIDC_CLIENT_SECRET": "s3cret",
}  # fmt: skip


def test_a_companys_own_sign_in(tmp_path: Path) -> None:
    assert read(tmp_path).oidc is None
    assert read(tmp_path, QUNYU_OIDC_NAME="茶司").oidc is None
    plain = read(tmp_path, **OIDC).oidc
    assert plain == Oidc("https://id.example/realms/tea", "qunyu", "s3cret", "SSO", link_by_email=False)
    named = read(tmp_path, **OIDC, QUNYU_OIDC_NAME="茶司", QUNYU_OIDC_LINK_BY_EMAIL="1").oidc
    assert named is not None
    assert (named.name, named.link_by_email) == ("茶司", True)
    assert read(tmp_path, **{**OIDC, "QUNYU_OIDC_ISSUER": "http://127.0.0.1:8080"}).oidc is not None


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("QUNYU_OIDC_ISSUER", "http://id.example", "https://"),
        ("QUNYU_OIDC_ISSUER", "id.example", "https://"),
        ("QUNYU_OIDC_ISSUER", "https://id.example/?a=b", "https://"),
        ("QUNYU_OIDC_ISSUER", "https://[id", "https://"),
        ("QUNYU_OIDC_ISSUER", "", "https://"),
        ("QUNYU_OIDC_CLIENT_ID", "", "needs it as well"),
        ("QUNYU_OIDC_CLIENT_SECRET", "", "needs it as well"),
        ("QUNYU_OIDC_LINK_BY_EMAIL", "yes", "write 1 (on) or 0 (off)"),
    ],
)
def test_half_a_sign_in_is_refused_without_telling_its_secret(
    tmp_path: Path, name: str, value: str, remedy: str
) -> None:
    with pytest.raises(DomainError) as caught:
        read(tmp_path, **{**OIDC, name: value})
    assert caught.value.data == {"name": name}
    assert remedy in caught.value.message.en
    assert "s3cret" not in caught.value.message.en + caught.value.message.zh


@pytest.mark.parametrize(("value", "on"), [("1", True), ("0", False), ("", False)])
def test_switches(tmp_path: Path, value: str, on: bool) -> None:
    found = read(tmp_path, QUNYU_DEBUG=value, QUNYU_HTTPS=value)
    assert (found.debug, found.https) == (on, on)


def test_the_upload_limit_is_megabytes(tmp_path: Path) -> None:
    assert read(tmp_path, QUNYU_UPLOAD_LIMIT="3").upload_limit == 3 * 1024 * 1024


def test_a_given_secret_is_used_and_not_kept(tmp_path: Path) -> None:
    assert read(tmp_path, QUNYU_SECRET_KEY="given").secret_key == "given"
    assert not (tmp_path / "secret.key").exists()


@pytest.mark.parametrize("given", [{}, {"QUNYU_SECRET_KEY": ""}])
def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path, given: dict[str, str]) -> None:
    before = os.umask(0)
    try:
        first = read(tmp_path, **given).secret_key
    finally:
        os.umask(before)
    assert len(first) >= 50
    assert read(tmp_path, **given).secret_key == first
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert read(tmp_path / "other").secret_key != first


@pytest.mark.parametrize(
    ("url", "name"),
    [("sqlite:////srv/q.db", "/srv/q.db"), ("sqlite:///q.db", "q.db"), ("sqlite:////srv/a%20b.db", "/srv/a b.db")],
)
def test_sqlite(tmp_path: Path, url: str, name: str) -> None:
    database = read(tmp_path, QUNYU_DATABASE_URL=url).database
    assert (database["ENGINE"], database["NAME"]) == ("django.db.backends.sqlite3", name)
    options = database["OPTIONS"]
    assert isinstance(options, dict)
    assert options["transaction_mode"] == "IMMEDIATE"
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        assert pragma in options["init_command"]


@pytest.mark.parametrize(
    ("url", "user", "password", "host", "port", "name"),
    [
        ("postgresql://q:pw@db.example:5433/qunyu", "q", "pw", "db.example", "5433", "qunyu"),
        ("postgres://q@db.example/qunyu", "q", "", "db.example", "", "qunyu"),
        ("postgresql:///qunyu", "", "", "", "", "qunyu"),
        ("postgresql://q:a%40b%2F%3A@h/%E7%BE%A4", "q", "a@b/:", "h", "", "群"),
        ("postgresql://q@[2001:db8::1]:5432/x", "q", "", "2001:db8::1", "5432", "x"),
        ("postgresql://q@/x?host=/run/Postgres", "q", "", "/run/Postgres", "", "x"),
        ("postgresql://q@/x?application_name=a&host=%2Frun%2FPostgres", "q", "", "/run/Postgres", "", "x"),
        ("postgresql://q@%2Frun%2FPostgres/x", "q", "", "/run/Postgres", "", "x"),
        ("postgresql://q:pw@%2Frun%2FPostgres:5433/x", "q", "pw", "/run/Postgres", "5433", "x"),
    ],
)
def test_postgres(tmp_path: Path, url: str, user: str, password: str, host: str, port: str, name: str) -> None:
    database = read(tmp_path, QUNYU_DATABASE_URL=url).database
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert [database[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")] == [user, password, host, port, name]
