"""The second step of signing in, what is owed before anything else, and sessions in the browser."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.utils import timezone

from qunyu.kernel.queries import entries
from qunyu.kernel.scope import Scope
from qunyu.people.models import Staff, StaffSession
from qunyu.people.second_factor import confirm, has_factor, setup_of, start_setup
from qunyu.people.sign_in_rules import change_rules
from tests.console.conftest import read
from tests.deployment_fixtures import PASSWORD, AddStaff, SignedIn

FORM = {"username": "director", "password": PASSWORD}
START = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)


class Clock:
    """What `timezone.now` says."""

    def __init__(self) -> None:
        self.now = START

    def on(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that goes on when it is told."""
    made = Clock()
    monkeypatch.setattr(timezone, "now", lambda: made.now)
    return made


@pytest.fixture
def app(director: Staff, clock: Clock) -> pyotp.TOTP:
    """The director's app; the second factor was set up an hour ago."""
    start_setup(staff=director, now=START)
    setup = setup_of(director)
    assert setup is not None
    made = pyotp.TOTP(setup.secret)
    then = START - timedelta(hours=1)
    confirm(staff=director, code=made.at(then), now=then)
    return made


def test_the_password_alone_opens_nothing(app: pyotp.TOTP, client: Client) -> None:
    response = client.post("/sign-in?next=/members%3Fq%3Dlin", FORM)
    assert (response.status_code, response["Location"]) == (302, "/sign-in/code")
    assert not StaffSession.objects.exists()
    for page in ("/", "/board", "/settings/account", "/settings/second-factor", "/settings/account/password"):
        assert client.get(page)["Location"].startswith("/sign-in?next="), page
    assert client.get("/api/v1/me").status_code == 401
    assert "director" in read(client.get("/sign-in/code"))


def test_the_code_leads_to_the_page_wanted(app: pyotp.TOTP, client: Client) -> None:
    client.post("/sign-in?next=/members%3Fq%3Dlin", FORM)
    response = client.post("/sign-in/code", {"code": app.at(START)})
    assert (response.status_code, response["Location"]) == (302, "/members?q=lin")
    session = StaffSession.objects.get()
    assert (session.strong, session.via, session.address) == (True, "password", "127.0.0.1")
    assert client.get("/settings/account").status_code == 200
    assert client.get("/sign-in/code")["Location"] == "/"


def test_a_wrong_or_used_code_is_refused(app: pyotp.TOTP, client: Client) -> None:
    client.post("/sign-in", FORM)
    for code, status in (("000000", 401), ("", 400), (app.at(START - timedelta(minutes=5)), 401)):
        assert client.post("/sign-in/code", {"code": code}).status_code == status
    assert client.post("/sign-in/code", {"code": app.at(START)}).status_code == 302
    other = Client()
    other.post("/sign-in", FORM)
    assert other.post("/sign-in/code", {"code": app.at(START)}).status_code == 401


def test_five_minutes_are_the_time_there_is(app: pyotp.TOTP, client: Client, clock: Clock) -> None:
    client.post("/sign-in", FORM)
    clock.on(minutes=5)
    response = client.post("/sign-in/code", {"code": app.at(clock.now)}, follow=True)
    assert response.redirect_chain == [("/sign-in", 302)]
    assert "验证超时" in read(response)
    assert not StaffSession.objects.exists()


def test_nobody_comes_to_the_second_step_without_the_first(app: pyotp.TOTP, client: Client) -> None:
    assert client.post("/sign-in/code", {"code": app.at(START)})["Location"] == "/sign-in"
    assert not StaffSession.objects.exists()


def test_a_password_changed_meanwhile_ends_the_half_way(app: pyotp.TOTP, client: Client, director: Staff) -> None:
    client.post("/sign-in", FORM)
    director.set_password("something else 9")
    director.save()
    assert client.post("/sign-in/code", {"code": app.at(START)})["Location"] == "/sign-in"


def test_wrong_codes_close_the_door_and_the_right_password_does_not_open_it(app: pyotp.TOTP, client: Client) -> None:
    for _ in range(5):
        client.post("/sign-in", FORM)
        assert client.post("/sign-in/code", {"code": "000000"}).status_code == 401
    assert client.post("/sign-in", FORM).status_code == 429
    refused = client.post("/sign-in/code", {"code": app.at(START)})
    assert refused.status_code == 429
    assert "15 分钟" in read(refused)
    assert not StaffSession.objects.exists()


def test_wrong_recovery_codes_count_as_well(app: pyotp.TOTP, client: Client) -> None:
    client.post("/sign-in", FORM)
    statuses = [client.post("/sign-in/code", {"code": "aaaa-bbbb-cccc"}).status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]


def test_a_recovery_code_signs_in_and_says_how_many_are_left(app: pyotp.TOTP, client: Client, director: Staff) -> None:
    from qunyu.people.second_factor import renew_codes

    codes = renew_codes(staff=director, code=app.at(START), now=START)
    client.post("/sign-in?next=/settings/account", FORM)
    response = client.post("/sign-in/code", {"code": codes[0]}, follow=True)
    assert "还剩 9 个" in read(response)
    again = Client()
    again.post("/sign-in", FORM)
    assert again.post("/sign-in/code", {"code": codes[0]}).status_code == 401


def test_signing_in_gives_the_browser_a_new_session(app: pyotp.TOTP, client: Client) -> None:
    client.post("/language", {"language": "en"})
    client.get("/sign-in/code")
    keys = [client.session.session_key]
    client.post("/sign-in", FORM)
    keys.append(client.session.session_key)
    client.post("/sign-in/code", {"code": app.at(START)})
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3


@pytest.mark.django_db
def test_an_unknown_name_costs_as_much_as_a_wrong_password(
    director: Staff, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hashing takes nearly all of the time: it is done once in either case, also for a closed account."""
    done: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        done.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    times = []
    for name in ("director", "nobody"):
        done.clear()
        client.post("/sign-in", {"username": name, "password": "wrong"})
        times.append(len(done))
    assert times == [1, 1]


def test_no_code_nor_secret_reaches_the_audit_trail(app: pyotp.TOTP, client: Client) -> None:
    client.post("/sign-in", FORM)
    client.post("/sign-in/code", {"code": app.at(START)})
    told = str(list(entries().values()))
    assert app.secret not in told
    assert app.at(START) not in told
    assert [each.action for each in entries()][:2] == ["session.begin", "factor.set_up"]


def test_who_must_have_one_is_led_to_set_it_up_and_nowhere_else(
    director: Staff, client: Client, system: Scope, clock: Clock
) -> None:
    change_rules(by=system, changes={"second_factor": "everybody"}, now=START)
    client.post("/sign-in", FORM)
    for page in ("/board", "/settings/account", "/settings/tokens", "/settings/account/password"):
        assert client.get(page)["Location"] == "/settings/second-factor", page
    part = client.get("/communities", headers={"HX-Request": "true"})
    assert (part.status_code, part["HX-Redirect"]) == (204, "/settings/second-factor")
    refused = client.get("/api/v1/me", headers={"Accept-Language": "en"})
    assert (refused.status_code, refused.json()["code"]) == (403, "sign_in_unfinished")
    assert client.post("/settings/tokens", {"name": "x"}).status_code == 302
    assert "登录规则要求" in read(client.get("/settings/second-factor"))
    set_up(client, director)
    assert client.get("/settings/account").status_code == 200
    assert client.get("/api/v1/me").status_code == 200


def set_up(client: Client, who: Staff) -> str:
    """Sets the second factor up by the pages; the page with the recovery codes."""
    assert client.post("/settings/second-factor/begin").status_code == 302
    page = read(client.get("/settings/second-factor"))
    setup = setup_of(who)
    assert setup is not None
    assert setup.secret in page
    assert "<svg" in page
    assert "style=" not in page
    done = client.post("/settings/second-factor", {"code": pyotp.TOTP(setup.secret).at(timezone.now())})
    assert done.status_code == 200
    assert done["Cache-Control"] == "private, no-store"
    return read(done)


def test_directors_only_when_the_rules_say_so(
    director: Staff, staff: AddStaff, signed_in: SignedIn, system: Scope
) -> None:
    change_rules(by=system, changes={"second_factor": "directors"}, now=timezone.now())
    assert signed_in(director).get("/settings/account").status_code == 302
    assert signed_in(staff("owner", "owner")).get("/settings/account").status_code == 200


def test_setting_it_up_shows_ten_codes_once(boss: Client, director: Staff) -> None:
    page = set_up(boss, director)
    assert page.count("<li><code>") == 10
    again = read(boss.get("/settings/second-factor"))
    assert "<li><code>" not in again
    assert "10" in again


def test_a_wrong_first_code_switches_nothing_on(boss: Client, director: Staff) -> None:
    boss.post("/settings/second-factor/begin")
    response = boss.post("/settings/second-factor", {"code": "000000"})
    assert (response.status_code, list(response.context["form"].errors)) == (400, ["code"])
    assert not has_factor(director)


def test_it_is_switched_off_again(app: pyotp.TOTP, client: Client, director: Staff, clock: Clock) -> None:
    client.post("/sign-in", FORM)
    client.post("/sign-in/code", {"code": app.at(START)})
    clock.on(minutes=1)
    wrong = client.post("/settings/second-factor/off", {"password": "no", "code": app.at(clock.now)})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (400, ["password"])
    assert has_factor(director)
    done = client.post("/settings/second-factor/off", {"password": PASSWORD, "code": app.at(clock.now)})
    assert (done.status_code, has_factor(director)) == (302, False)


def test_recovery_codes_are_renewed_with_a_code(app: pyotp.TOTP, client: Client, clock: Clock) -> None:
    client.post("/sign-in", FORM)
    client.post("/sign-in/code", {"code": app.at(START)})
    clock.on(minutes=1)
    assert client.post("/settings/second-factor/codes", {"code": "1"}).status_code == 400
    page = read(client.post("/settings/second-factor/codes", {"code": app.at(clock.now)}))
    assert page.count("<li><code>") == 10


def test_guessing_inside_is_limited_like_guessing_at_the_door(app: pyotp.TOTP, client: Client) -> None:
    client.post("/sign-in", FORM)
    client.post("/sign-in/code", {"code": app.at(START)})
    for _ in range(5):
        assert client.post("/settings/account", {"old": "wrong", "new": "another phrase 8"}).status_code == 400
    refused = client.post("/settings/account", {"old": PASSWORD, "new": "another phrase 8"})
    assert "15 分钟" in refused.context["form"].top
    assert Staff.objects.get(username="director").check_password(PASSWORD)


@pytest.mark.parametrize("page", ["codes", "off"])
def test_guessing_codes_inside_is_limited_too(page: str, app: pyotp.TOTP, client: Client, clock: Clock) -> None:
    client.post("/sign-in", FORM)
    client.post("/sign-in/code", {"code": app.at(START)})
    clock.on(minutes=1)
    for _ in range(5):
        client.post(f"/settings/second-factor/{page}", {"password": PASSWORD, "code": "000000"})
    right = {"password": PASSWORD, "code": app.at(clock.now)}
    refused = client.post(f"/settings/second-factor/{page}", right)
    assert "15 分钟" in refused.context["form"].top
    assert has_factor(Staff.objects.get(username="director"))


def test_a_password_given_by_another_is_changed_first(staff: AddStaff, client: Client, system: Scope) -> None:
    mei = staff("mei", "owner")
    Staff.objects.filter(pk=mei.pk).update(must_change_password=True)
    client.post("/sign-in", {"username": "mei", "password": PASSWORD})
    for page in ("/board", "/settings/second-factor", "/settings/account"):
        assert client.get(page)["Location"] == "/settings/account/password"
    assert client.get("/api/v1/me").json()["code"] == "sign_in_unfinished"
    page = read(client.get("/settings/account/password"))
    assert "至少 10 个字符" in page
    same = client.post("/settings/account/password", {"old": PASSWORD, "new": PASSWORD})
    assert list(same.context["form"].errors) == ["new"]
    done = client.post("/settings/account/password", {"old": PASSWORD, "new": "my own phrase 8"})
    assert (done.status_code, done["Location"]) == (302, "/")
    assert client.get("/settings/account").status_code == 200


def test_an_old_password_is_changed_after_signing_in(
    director: Staff, client: Client, system: Scope, clock: Clock
) -> None:
    change_rules(by=system, changes={"password_days": 30}, now=START)
    client.post("/sign-in", FORM)
    assert client.get("/settings/account").status_code == 200
    Staff.objects.update(password_changed_at=START - timedelta(days=30))
    other = Client()
    other.post("/sign-in", FORM)
    assert "已过有效期" in read(other.get("/board", follow=True))


def test_a_session_ended_elsewhere_is_over_at_once(boss: Client, director: Staff, signed_in: SignedIn) -> None:
    other = signed_in(director)
    page = read(boss.get("/settings/account"))
    assert page.count("本机") == 1
    theirs = StaffSession.objects.latest("id")
    assert boss.post(f"/settings/account/sessions/{theirs.public_id}/end").status_code == 302
    assert other.get("/settings/account").status_code == 302
    assert other.get("/api/v1/me").status_code == 401
    assert boss.get("/settings/account").status_code == 200


def test_all_other_sessions_end_together(boss: Client, director: Staff, signed_in: SignedIn) -> None:
    others = [signed_in(director) for _ in range(2)]
    assert "已结束 2 个登录" in read(boss.post("/settings/account/sessions/end", follow=True))
    assert [each.get("/settings/account").status_code for each in others] == [302, 302]


def test_nobody_ends_anothers_session_by_its_id(boss: Client, director: Staff, owner: Client) -> None:
    session = StaffSession.objects.get(staff=director)
    assert owner.post(f"/settings/account/sessions/{session.public_id}/end").status_code == 404
    assert owner.post(f"/organisation/staff/{director.public_id}/sessions/{session.public_id}/end").status_code == 403
    assert owner.post(f"/organisation/staff/{director.public_id}/sessions/end").status_code == 403
    session.refresh_from_db()
    assert session.ended_at is None


def test_an_idle_session_is_over_for_pages_parts_and_the_api(
    director: Staff, client: Client, system: Scope, clock: Clock
) -> None:
    change_rules(by=system, changes={"idle_minutes": 30}, now=START)
    client.post("/sign-in", FORM)
    for _ in range(2):
        clock.on(minutes=29)
        assert client.get("/settings/account").status_code == 200
    clock.on(minutes=30)
    part = client.get("/communities", headers={"HX-Request": "true"})
    assert (part.status_code, part["HX-Refresh"]) == (204, "true")
    assert client.get("/settings/account")["Location"] == "/sign-in?next=/settings/account"
    assert client.get("/api/v1/me").status_code == 401
    assert StaffSession.objects.get().ended_at == START + timedelta(minutes=88)


def test_the_cookie_lasts_as_long_as_the_session_may(director: Staff, client: Client, system: Scope) -> None:
    change_rules(by=system, changes={"lifetime_hours": 9}, now=timezone.now())
    client.post("/sign-in", FORM)
    cookie = client.cookies["qunyu_session"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (9 * 3600, True, "Lax")


def test_a_session_without_a_row_of_ours_is_nobodys(director: Staff) -> None:
    client = Client()
    client.force_login(director)
    assert client.get("/settings/account").status_code == 302
    assert client.get("/api/v1/me").status_code == 401


def test_signing_out_ends_it_for_good(client: Client, director: Staff) -> None:
    client.post("/sign-in", FORM)
    cookie = client.cookies["qunyu_session"].value
    client.post("/sign-out")
    assert StaffSession.objects.get().ended_at is not None
    client.cookies["qunyu_session"] = cookie
    assert client.get("/settings/account").status_code == 302


def test_the_account_page_asks_the_database_little(
    boss: Client, director: Staff, signed_in: SignedIn, django_assert_max_num_queries: object
) -> None:
    boss.get("/settings/account")
    for _ in range(5):
        signed_in(director)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        boss.get("/settings/account")
