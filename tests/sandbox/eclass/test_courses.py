"""Courses, categories, sections, announcements, and the calls never to use, beyond what was recorded."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.sandbox.eclass.platform import BASE, Platform


def test_refused_calls_burn_numbers_but_an_unknown_department_does_not(either: Platform) -> None:
    """E-23"""
    first = either.write("courses/", title="Πρώτο", department_id=4)
    for refused in (
        {"visible": "public"},
        {"lang": "xx"},
        {"view_type": "x"},
        {"doc_quota": "0"},
        {"course_license": "x"},
    ):
        assert either.write("courses/", title="Άλλο", department_id=4, **refused)["errorcode"] == 20
    assert either.post("courses/", title="Άλλο", department_id=999).text == "Course Code is empty!"
    second = either.write("courses/", title="Δεύτερο", department_id=4)
    assert (first["code"], second["code"]) == ("TMA1101", "TMA1107")
    assert [course.code for course in either.world.courses()] == ["TMA1101", "TMA1107"]


def test_creating_twice_makes_two_courses_of_one_public_code(either: Platform) -> None:
    """E-23"""
    for _ in range(2):
        either.write("courses/", title="Σεμινάριο", department_id=4, public_code="KYPEK-2027-001")
    assert [course.public_code for course in either.world.courses()] == ["KYPEK-2027-001"] * 2


def test_without_a_public_code_the_code_stands_there(either: Platform) -> None:
    made = either.write("courses/", title="Σεμινάριο", department_id=4)
    assert made["public_code"] == made["code"] == either.world.courses()[0].public_code


def test_a_strict_database_answers_a_plausible_course_that_does_not_exist(either: Platform) -> None:
    """E-23, E-34"""
    either.world.set_sql_mode(True)
    made = either.write("courses/", title="Α" * 256, department_id=4)
    assert made["id"] is None
    assert made["code"] == "TMA1101"
    assert either.world.courses() == ()
    assert either.read("courses/", course_id="TMA1101") == []


def test_a_lenient_database_cuts_the_title_but_echoes_all_of_it(either: Platform) -> None:
    """E-34"""
    made = either.write("courses/", title="Α" * 300, department_id=4)
    assert len(made["title"]) == 300
    assert either.world.courses()[0].title == "Α" * 255


def test_the_fault_course_null_id_loses_one_course(either: Platform) -> None:
    """E-23"""
    either.book.set("eclass:course-null-id@1")
    assert either.write("courses/", title="Χαμένο", department_id=4)["id"] is None
    assert either.write("courses/", title="Κανονικό", department_id=4)["code"] == "TMA1102"
    assert [course.title for course in either.world.courses()] == ["Κανονικό"]


def test_the_list_omits_inactive_courses_and_repeats_one_of_two_departments(either: Platform) -> None:
    """E-19"""
    both = either.world.add_course("Σε δύο τμήματα", 4, public_code="KYPEK-2027-001")
    either.world.add_to_department(both, 5)
    hidden = either.world.add_course("Ανενεργό", 4, visible=3)
    listed = either.read("courses/")
    assert [(row["id"], row["categoryid"]) for row in listed] == [(both, 4), (both, 5)]
    assert not {"public_code", "visible"} & set(listed[0])
    assert listed[0]["timemodified"] == listed[0]["timecreated"] == "2026-11-22 22:06:46"
    assert either.read("courses/", course_id=hidden)[0]["visible"] == 3


def test_the_list_is_in_greek_order_without_regard_to_accents(either: Platform) -> None:
    for title in ("Ωρίων", "άλφα", "Βήτα"):
        either.world.add_course(title, 4)
    assert [row["name"] for row in either.read("courses/")] == ["άλφα", "Βήτα", "Ωρίων"]


def test_a_course_shows_its_password(either: Platform) -> None:
    """E-20"""
    made = either.write("courses/", title="Σεμινάριο", department_id=4, password="mystiko")
    assert either.read("courses/", course_id=made["code"])[0]["password"] == "mystiko"


def test_only_taught_courses_are_listed_for_a_person(either: Platform) -> None:
    """E-21"""
    taught = either.world.add_course("Διδάσκω", 4, teacher="mpapadopoulou")
    followed = either.world.add_course("Παρακολουθώ", 4)
    either.world.enrol("mpapadopoulou", followed, "student", datetime(2026, 10, 1, tzinfo=UTC))
    assert [row["code"] for row in either.read("courses/", uname="mpapadopoulou")] == [taught]


def test_older_categories_are_one_row_and_fail_under_full_group_by(older: Platform) -> None:
    """E-29"""
    nulls = {"id": None, "name": None, "description": None, "timemodified": None, "sortorder": 0}
    assert older.read("categories/", None) == [nulls]
    older.world.add_course("Ένα", 4)
    older.world.add_course("Δύο", 5)
    assert [row["id"] for row in older.read("categories/", None)] == [4]
    assert older.read("categories/", None, id=5)["name"] == "Υποκατηγορία 2"
    older.world.set_sql_mode(False, full_group_by=True)
    assert (older.get("categories/").status_code, older.get("categories/").data) == (500, b"")
    assert len(older.read("categories/", None, all=1)) == 6


def test_newer_categories_are_mended(newer: Platform) -> None:
    newer.world.add_course("Ένα", 4)
    newer.world.add_course("Δύο", 5)
    newer.world.set_sql_mode(False, full_group_by=True)
    assert [row["id"] for row in newer.read("categories/", None)] == [4, 5]
    assert newer.read("categories/", None, id=5)["name"] == "Υποκατηγορία 2"
    assert newer.read("categories/", None, id=999)["errorcode"] == 3


def test_a_serialised_name_is_raw_in_the_older_hierarchy_and_greek_elsewhere(older: Platform, newer: Platform) -> None:
    """E-51"""
    serialised = 'a:2:{s:2:"el";s:12:"Τμήμα";s:2:"en";s:10:"Department";}'
    for platform in (older, newer):
        platform.world.add_department(7, "TMX", serialised)
        platform.world.add_course("Σεμινάριο", 7)
    assert older.read("categories/", None, all=1)[6]["name"] == serialised
    assert older.read("categories/", None, id=7)["name"] == "Τμήμα"
    assert newer.read("categories/", None, all=1)[6]["name"] == "Τμήμα"


def test_visible_units_of_an_open_course_need_no_token(either: Platform) -> None:
    code = either.world.add_course("Ανοικτό", 4, visible=2)
    either.world.add_unit(code, "Εισαγωγή", "Πρώτη εβδομάδα")
    either.world.add_unit(code, "Κρυφή", visible=False)
    units = either.read("sections/", None, course_id=code)
    assert [(unit["name"], unit["summary"]) for unit in units] == [("Εισαγωγή", "Πρώτη εβδομάδα")]
    either.world.set_visible(code, 1)
    assert either.read("sections/", None, course_id=code)["errorcode"] == 100
    either.world.set_visible(code, 3)
    assert either.read("sections/", course_id=code)["errorcode"] == 3
    assert either.read("sections/")["errorcode"] == 2


def test_the_feed_writes_the_summer_offset_in_winter(either: Platform) -> None:
    """E-40"""
    code = either.world.add_course("Ανοικτό", 4, visible=2)
    either.world.add_announcement(code, "Νέα", "<p>Καλημέρα</p>", datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    feed = either.client.get(f"/modules/announcements/rss.php?c={code}", base_url=BASE)
    assert "<pubDate>Tue, 01 Dec 2026 10:00:00 +0300</pubDate>" in feed.text
    assert either.client.get("/modules/announcements/rss.php?c=TMA999", base_url=BASE).status_code == 403


def test_registeruser_registers_nobody(either: Platform) -> None:
    """E-31"""
    before = either.world.users()
    echoed = either.read("registeruser/", None, username="nraptis", password="mystiko", email="nraptis@sch.example")
    assert echoed["password"].startswith("$2y$10$")
    assert len(echoed["password"]) == 60
    assert either.read("registeruser/", None, username="n", password="m", email="n") == "Not valid email"
    assert either.get("registeruser/").data == b""
    assert either.world.users() == before


def test_sso_hands_out_an_address_for_an_administrator_too(either: Platform) -> None:
    """E-32"""
    assert "user=admin&token=" in either.read("sso/", user_id=1)["url"]
    assert either.read("sso/", user_id=999)["errorcode"] == 3
    assert either.read("sso/")["errorcode"] == 2


def test_the_older_clone_needs_no_token_and_names_the_source(older: Platform) -> None:
    """E-33"""
    older.world.add_course("Πρότυπο", 4, teacher="mpapadopoulou")
    source = older.world.courses()[0]
    answer = older.write("clone_course/", None, id=source.id, department_id=5, add_users="prof")
    assert (answer["id"], answer["code"]) == (str(source.id), source.code)
    copy = older.world.courses()[1]
    assert (copy.title, copy.code, copy.departments) == ("Πρότυπο (copy)", "TMA2101", (5,))
    assert older.member(copy.code, "mpapadopoulou") == "teacher"
    assert older.post("clone_course/", None, id=999, department_id=5).status_code == 303


def test_the_newer_clone_needs_a_token_and_an_existing_course(newer: Platform) -> None:
    """E-33"""
    refused = newer.post("clone_course/", None, id=1, department_id=5)
    assert (refused.status_code, refused.get_json()["errorcode"]) == (400, 401)
    missing = newer.post("clone_course/", id=1, department_id=5)
    assert (missing.status_code, missing.get_json()["errorcode"]) == (404, 404)
    assert newer.world.courses() == ()


def test_a_clone_asks_for_its_parameters_and_the_department_of_the_token(newer: Platform) -> None:
    """E-33"""
    newer.world.add_course("Πρότυπο", 4)
    newer.world.add_token("FOUR", department=4)
    assert newer.get("clone_course/").data == b""
    assert newer.write("clone_course/", id=1)["errorcode"] == 2
    assert newer.write("clone_course/", id=1, department_id=4, add_users="some")["errorcode"] == 2
    assert newer.post("clone_course/", "FOUR", id=1, department_id=5).status_code == 403
    newer.write("clone_course/", "FOUR", id=1, department_id=4, title="Αντίγραφο")
    assert [course.title for course in newer.world.courses()] == ["Πρότυπο", "Αντίγραφο"]
    assert newer.world.members("TMA1102") == ()


def test_two_departments_of_one_code_do_not_collide(either: Platform) -> None:
    either.world.add_department(7, "TMA1", "Με τον ίδιο κωδικό")
    codes = [either.world.add_course("Σεμινάριο", department) for department in (4, 7, 4)]
    assert len(set(codes)) == 3


def test_quotas_are_megabytes_in_and_bytes_out(either: Platform) -> None:
    made = either.write("courses/", title="Σεμινάριο", department_id=4, doc_quota="100")
    assert made["doc_quota"] == "100"
    assert either.read("courses/", course_id=made["code"])[0]["doc_quota"] == 104857600


@pytest.mark.parametrize("call", ["scorms/", "scormtracking/"])
def test_scorm_calls_answer_empty_lists(either: Platform, call: str) -> None:
    assert either.read(call) == []
    assert either.read(call, None)["errorcode"] == 100


def test_only_the_newer_one_knows_scorm_tracking_details(older: Platform, newer: Platform) -> None:
    assert older.get("scormtrackingdetails/").status_code == 404
    assert newer.read("scormtrackingdetails/") == []
