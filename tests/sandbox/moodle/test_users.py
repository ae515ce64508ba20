"""Users: what is refused, what is accepted without a word, and what deletion leaves behind."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.moodle.site import Site


def new(username: str = "maria", **fields: Any) -> dict[str, Any]:
    """A user as the service sends one."""
    usual = {"firstname": "Μαρία", "lastname": "Νικολάου", "email": f"{username}@sch.example", "auth": "cas"}
    return {"username": username} | usual | fields


def create(site: Site, *users: dict[str, Any]) -> Any:
    """Create users by the web service."""
    return site.call("core_user_create_users", {"users": list(users)})


def by(site: Site, field: str, *values: object) -> list[dict[str, Any]]:
    """Look users up."""
    found: list[dict[str, Any]] = site.call("core_user_get_users_by_field", {"field": field, "values": list(values)})
    return found


@pytest.mark.parametrize(
    "fields",
    [
        {"username": "Maria"},
        {"username": "μαρία"},
        {"username": "ma ria"},
        {"auth": "nosuch"},
        {"lang": "el"},
        {"email": "den-einai"},
        {"firstname": "<b>Μ</b>"},
        {"suspended": "1"},
        {"auth": "manual"},
    ],
)
def test_such_a_user_is_refused(site: Site, fields: dict[str, str]) -> None:
    """M-15; the last one is an account with a password of its own, but without one."""
    assert create(site, new(**fields))["errorcode"] == "invalidparameter"
    assert len(site.world.users()) == 3


@pytest.mark.parametrize("field", ["firstname", "lastname", "idnumber", "username"])
def test_a_text_too_long_is_an_error_of_the_database_for_the_whole_batch(site: Site, field: str) -> None:
    """M-15"""
    assert create(site, new(), new(**{"username": "nikos", field: "a" * 300}))["errorcode"] == "dmlwriteexception"
    assert len(site.world.users()) == 3


def test_an_email_is_taken_whatever_its_case(site: Site) -> None:
    create(site, new())
    assert create(site, new("other", email="MARIA@sch.example"))["errorcode"] == "invalidparameter"


def test_a_custom_field_is_ignored_if_unknown_and_cut_if_too_long(site: Site) -> None:
    """M-15: both without a word."""
    site.world.add_profile_field("specialty", max_length=4)
    fields = [{"type": "specialty", "value": "ΠΕ86.01"}, {"type": "nosuch", "value": "1"}]
    create(site, new(customfields=fields))
    told = by(site, "username", "maria")[0]["customfields"]
    assert [(field["shortname"], field["value"]) for field in told] == [("specialty", "ΠΕ86")]


def test_details_come_back_only_where_filled_in(site: Site) -> None:
    create(site, new(city="Πάτρα", institution="1ο Γυμνάσιο"), new("nikos"))
    maria, nikos = by(site, "username", "maria", "nikos")
    assert (maria["city"], maria["institution"]) == ("Πάτρα", "1ο Γυμνάσιο")
    assert {"city", "institution", "idnumber"}.isdisjoint(nikos)


def test_an_update_is_done_user_by_user(site: Site) -> None:
    """M-16: the bad ones are warnings, the good ones are done; a blank first name is accepted."""
    maria, nikos = site.user("maria"), site.user("nikos")
    changes = [
        {"id": maria, "firstname": "", "suspended": 1},
        {"id": nikos, "username": "maria"},
        {"id": nikos, "firstname": "Ν" * 101},
        {"id": nikos, "email": "maria@sch.example"},
        {"id": nikos, "idnumber": "P-9"},
    ]
    warnings = site.call("core_user_update_users", {"users": changes})["warnings"]
    codes = [warning["warningcode"] for warning in warnings]
    assert codes == ["dmlwriteexception", "dmlwriteexception", "useremailduplicate"]
    assert (site.world.user("maria").firstname, site.world.user("maria").suspended) == ("", True)
    assert site.world.user("nikos").idnumber == "P-9"


def test_the_administrator_is_not_for_others_to_change(site: Site) -> None:
    """M-16"""
    warnings = site.call("core_user_update_users", {"users": [{"id": 2, "firstname": "Χ"}]})["warnings"]
    assert [warning["itemid"] for warning in warnings] == [2]
    assert site.world.user("admin").firstname == "Admin"
    assert site.errorcode("core_user_delete_users", {"userids": [2]}) == "useradminodelete"
    assert site.errorcode("core_user_delete_users", {"userids": [3]}) == "usernotdeletederror"


def test_a_deleted_user_leaves_the_name_free_and_still_answers_by_id(site: Site) -> None:
    """M-17"""
    maria, course = site.user("maria", idnumber="P-1"), site.course()
    site.enrol(maria, course)
    assert site.call("core_user_delete_users", {"userids": [maria]}) is None
    assert by(site, "username", "maria") == []
    assert by(site, "idnumber", "P-1") == []
    ghost = by(site, "id", maria)[0]
    assert ghost["username"].startswith("maria@sch.example.")
    assert "deleted" not in ghost
    assert site.listed(course) == []
    assert create(site, new())[0]["id"] > maria
    assert site.errorcode("core_user_delete_users", {"userids": [maria]}) == "invalidrecordunknown"


def test_a_search_wants_an_exact_value_or_a_per_cent_sign(site: Site) -> None:
    """M-18, M-19"""
    site.user("maria", idnumber="P-1")
    site.user("nikos", idnumber="P-2")

    def found(key: str, value: str, token: str = "TOKEN") -> list[str]:
        answer = site.call("core_user_get_users", {"criteria": [{"key": key, "value": value}]}, token)
        return [user["username"] for user in answer["users"]]

    assert found("idnumber", "P-1") == ["maria"]
    assert found("idnumber", "P-%") == []
    assert found("email", "%@sch.example") == ["maria", "nikos"]
    assert found("email", "MARIA@sch.example") == ["maria"]
    assert found("auth", "cas") == ["maria", "nikos"]
    site.world.add_token("READER", capabilities=["moodle/user:viewdetails"])
    assert found("lastname", "Maria") == ["maria"]
    assert found("lastname", "Maria", "READER") == []


def test_an_unknown_search_key_gives_everybody(site: Site) -> None:
    """M-19"""
    site.user("maria")
    answer = site.call("core_user_get_users", {"criteria": [{"key": "phone", "value": "1"}]})
    assert len(answer["users"]) == 4
    assert answer["warnings"][0]["warningcode"] == "invalidfieldparameter"
    twice = [{"key": "email", "value": "a"}, {"key": "email", "value": "b"}]
    assert site.errorcode("core_user_get_users", {"criteria": twice}) == "keyalreadyset"


def test_an_unknown_field_is_a_programmers_mistake(site: Site) -> None:
    assert site.errorcode("core_user_get_users_by_field", {"field": "phone", "values": ["1"]}) == "codingerror"
    assert site.errorcode("core_user_get_users_by_field", {"field": "id", "values": ["x"]}) == "invalidparameter"
