"""The pinned announcement in Moodle courses, through the whole engine, on a real wire (sheet, sections 3 and 5)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from connectors.moodle.needs import EXTRAS, PERMISSIONS
from kypek_sync.contract import Capability, Verb
from kypek_sync.sandbox.moodle.records import Post
from kypek_sync.sync.report import LaneReport
from kypek_sync.sync.run import run_lane
from kypek_sync.sync.undo.undo import Order, undo
from kypek_sync.sync.undo.undoing import Stays
from tests.sync.centre import done, sync_once
from tests.sync.test_course_dates import Death, Strike, account
from tests.sync.two_platforms import TwoPlatforms, two_platforms

CODE = "EKFE-26-02"
FORUMS, POSTS = "mod_forum_get_forums_by_courses", "mod_forum_get_forum_discussions"
ADD, CHANGE = "mod_forum_add_discussion", "mod_forum_update_discussion_post"


@pytest.fixture
def both(tmp_path: Path) -> Iterator[TwoPlatforms]:
    with two_platforms(tmp_path) as it:
        it.settings(announcements=True)
        yield it


def later(both: TwoPlatforms, minutes: float = 65) -> LaneReport:
    """The next full pass of the seats lane."""
    both.clock.turn(minutes=minutes)
    both.people()
    return sync_once(both, "seats")["seats"]


def tomorrow(both: TwoPlatforms) -> LaneReport:
    """The next pass at which every announcement is looked at."""
    return later(both, minutes=24 * 60)


def notices(report: LaneReport) -> list[tuple[str, str]]:
    """What a pass did to announcements: verb and outcome."""
    return [(verb, outcome) for verb, _, _, outcome in done(report) if verb.startswith("announcement.")]


def only(both: TwoPlatforms) -> Post:
    (post,) = both.moodle.posts()
    return post


def made(both: TwoPlatforms, **values: object) -> Post:
    """A seminar whose course has been made, with its announcement."""
    both.seminar(CODE, **values)
    sync_once(both)
    return only(both)


def quiet(both: TwoPlatforms) -> None:
    """The next pass writes nothing and asks about no announcement; tomorrow's asks once, and once for each course."""
    for wait, asked in ((later, 0), (tomorrow, 1)):
        before, wrote = [both.moodle.calls().count(name) for name in (FORUMS, POSTS)], both.writes()
        assert wait(both).done == []
        assert both.writes() == wrote
        assert [both.moodle.calls().count(name) for name in (FORUMS, POSTS)] == [count + asked for count in before]


def test_a_new_course_has_a_pinned_announcement_with_the_sessions_and_the_page(both: TwoPlatforms) -> None:
    post = made(both, title="Οπτική & ήχος", day=3)
    assert post.course == both.made(CODE)
    assert post.subject == "Οπτική & ήχος"
    assert "03/03/2027 17:00–20:00, ΕΚΦΕ" in post.message
    assert f"/s/{CODE}</a>" in post.message
    assert f"kypek:att-a:{CODE}:announcement" in post.message
    assert post.pinned
    quiet(both)


def test_it_is_changed_in_place_when_its_words_change(both: TwoPlatforms) -> None:
    """More than half an hour later, when posts of other forums could not be changed any more."""
    before = made(both, day=3)
    both.seminar(CODE, day=24)
    assert notices(later(both)) == [("announcement.update", "done")]
    after = only(both)
    assert (after.id, after.pinned) == (before.id, True)
    assert "24/03/2027" in after.message
    assert "03/03/2027" not in after.message
    quiet(both)


def test_a_cancelled_seminar_says_so_and_one_that_was_never_announced_says_nothing(both: TwoPlatforms) -> None:
    made(both)
    both.seminar(CODE, status="ακυρώθηκε")
    course = both.course()
    both.seminar("EKFE-26-09", status="ακυρώθηκε", course=both.address(course))
    later(both)
    post = only(both)
    assert post.subject.startswith("ΑΚΥΡΩΘΗΚΕ: ")
    assert "ακυρώθηκε" in post.message
    quiet(both)


def test_one_that_a_teacher_deleted_is_restored_once_and_then_respected(both: TwoPlatforms) -> None:
    """Rule 4."""
    both.moodle.delete_post(made(both).id)
    assert notices(tomorrow(both)) == [("announcement.add", "done")]
    both.moodle.delete_post(only(both).id)
    report = tomorrow(both)
    assert notices(report) == []
    assert report.counts["announcements left out by hand"] == 1
    both.seminar(CODE, day=24)
    assert notices(tomorrow(both)) == []
    assert both.moodle.posts() == []


def test_what_stays_in_a_course_that_its_seminar_left_is_told(both: TwoPlatforms) -> None:
    made(both, day=3)
    assert later(both).notes == []
    both.seminar(CODE, platform="eclass")
    report = later(both)
    assert only(both)
    assert [note for note in report.notes if CODE in note and "still stand" in note]
    both.clock.turn(days=150)
    assert not [note for note in later(both).notes if "still stand" in note]


def test_what_a_teacher_wrote_into_it_stays_until_the_programme_changes(both: TwoPlatforms) -> None:
    post = made(both, day=3)
    both.moodle.change_post(post.id, message="<p>Φέρτε ποδιά.</p>")
    assert notices(tomorrow(both)) == []
    assert "ποδιά" in only(both).message
    both.seminar(CODE, day=24)
    assert notices(later(both)) == [("announcement.update", "done")]
    assert "24/03/2027" in only(both).message


def test_what_has_the_id_of_ours_by_now_and_is_not_ours_is_never_overwritten(both: TwoPlatforms) -> None:
    """Rule 4: put back from a backup, Moodle gives the ids that it gave to ours to other things."""
    post = made(both, day=3)
    trainer = account(both, "trainer1")
    both.moodle.change_post(post.id, userid=trainer, subject="Υλικό", message="<p>Δικό μου κείμενο</p>")
    both.seminar(CODE, day=24)
    assert notices(later(both)) == [("announcement.add", "done")]
    by_id = {one.id: one for one in both.moodle.posts()}
    theirs = by_id.pop(post.id)
    assert (theirs.subject, theirs.message) == ("Υλικό", "<p>Δικό μου κείμενο</p>")
    assert ["24/03/2027" in one.message for one in by_id.values()] == [True]
    quiet(both)


@pytest.mark.parametrize("able", [True, False])
def test_one_of_an_account_that_was_replaced_is_written_once_at_most(both: TwoPlatforms, able: bool) -> None:
    """It stays ours by its id and its reference; without mod/forum:editanypost it is refused, told, and rests."""
    before = made(both, day=3)
    if not able:
        both.moodle.add_token("next", capabilities={*PERMISSIONS, *EXTRAS[Capability.ANNOUNCEMENT].permissions})
        (both.folder / "moodle").write_text("next")
    both.moodle.change_post(before.id, userid=account(both, "trainer1"))
    assert notices(tomorrow(both)) == []
    both.seminar(CODE, day=24)
    assert notices(later(both)) == [("announcement.update", "done" if able else "refused")]
    assert notices(later(both, minutes=5)) == []
    assert both.moodle.calls().count(CHANGE) == 1
    assert only(both).id == before.id
    assert ("24/03/2027" in only(both).message) is able


def test_dates_of_an_account_that_was_replaced_move_once(both: TwoPlatforms) -> None:
    both.settings(announcements=True, calendar=True)
    made(both, day=3)
    (event,) = both.moodle.events()
    both.moodle.change_event(event.id, userid=account(both, "trainer1"))
    both.seminar(CODE, day=24)
    later(both)
    assert [one.start.day for one in both.moodle.events()] == [24]
    assert later(both).done == []


@pytest.mark.parametrize("moment", ["before", "after", "no answer"])
@pytest.mark.parametrize("function", [ADD, CHANGE])
def test_one_that_breaks_off_is_made_once_and_changed_in_the_end(
    both: TwoPlatforms, monkeypatch: pytest.MonkeyPatch, function: str, moment: str
) -> None:
    """Rule 8, M-11."""
    if function == CHANGE:
        made(both, day=3)
    both.seminar(CODE, day=24)
    strike = Strike(function, moment).played(monkeypatch)
    with suppress(Death):
        later(both)
    assert strike.struck
    for _ in range(2):
        assert len(both.moodle.posts()) <= 1
        later(both)
    assert "24/03/2027" in only(both).message
    quiet(both)


def test_one_that_may_still_be_on_its_way_is_waited_for(both: TwoPlatforms, monkeypatch: pytest.MonkeyPatch) -> None:
    strike = Strike(ADD, "late").played(monkeypatch)
    both.seminar(CODE)
    assert notices(sync_once(both, "seats")["seats"]) == [("announcement.add", "ambiguous")]
    assert notices(later(both, minutes=5)) == [("announcement.add", "later")]
    assert strike.land is not None
    strike.land()
    later(both)
    assert only(both)
    quiet(both)


def test_without_the_permissions_nothing_is_made_and_nothing_believed_gone(both: TwoPlatforms) -> None:
    """M-10"""
    both.moodle.add_token("weak", capabilities=PERMISSIONS)
    token, strong = both.folder / "moodle", (both.folder / "moodle").read_text()
    token.write_text("weak")
    both.seminar(CODE)
    report = sync_once(both, "seats")["seats"]
    assert notices(report) == [("announcement.add", "refused")]
    assert "cannotcreatediscussion" in next(r.detail for c, r in report.failed if c.verb is Verb.ANNOUNCE)
    token.write_text(strong)
    later(both, minutes=24 * 60)
    assert only(both)
    both.moodle.add_token("blind", capabilities=set(PERMISSIONS) - {"moodle/course:view"})
    token.write_text("blind")
    assert notices(tomorrow(both)) == []
    assert only(both)


def test_without_the_right_to_pin_it_is_made_all_the_same_and_says_so(both: TwoPlatforms) -> None:
    able = {*PERMISSIONS, *EXTRAS[Capability.ANNOUNCEMENT].permissions} - {"mod/forum:pindiscussions"}
    both.moodle.add_token("unpinning", capabilities=able)
    (both.folder / "moodle").write_text("unpinning")
    both.seminar(CODE)
    report = sync_once(both, "seats")["seats"]
    (receipt,) = (r for c, r in report.done if c.verb is Verb.ANNOUNCE)
    assert receipt.stands
    assert "pindiscussions" in receipt.detail
    assert not only(both).pinned
    quiet(both)


def test_it_is_held_like_any_other_change_and_a_dry_run_makes_none(both: TwoPlatforms) -> None:
    both.settings(mode="propose", announcements=True)
    both.seminar(CODE)
    report = sync_once(both, "seats")["seats"]
    assert Verb.ANNOUNCE in {change.verb for _, held in report.held for change in held.changes}
    both.settings(announcements=True)
    with both.installation() as inst:
        dry = run_lane(inst, "att-a", "seats", dry=True)
    assert Verb.ANNOUNCE in {change.verb for change in dry.waiting}
    assert both.moodle.posts() == []


def test_taking_a_run_back_puts_the_earlier_words_back_and_one_that_was_made_stays(both: TwoPlatforms) -> None:
    """Rule 9: it was mailed to everybody in the course."""
    both.seminar(CODE, day=3)
    first = sync_once(both, "seats")["seats"].run
    both.seminar(CODE, day=24)
    second = later(both).run
    assert first is not None
    assert second is not None
    with both.installation() as inst:
        undone = undo(inst, Order(second, "officer1"))
        assert undone.fallen == []
        assert "03/03/2027" in only(both).message
        stays = undo(inst, Order(first, "officer1"), dry=True).undoing.stays
    assert Stays.ANNOUNCED in {why for _, why in stays}
    assert notices(tomorrow(both)) == []
    assert "03/03/2027" in only(both).message
