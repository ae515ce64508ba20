"""The words of letters about what people have to do by hand, and of those to administrators. Plain text."""

from __future__ import annotations

from collections.abc import Mapping

from kypek_sync.contract import masked
from kypek_sync.language import Text

WEEKLY, SIGN_IN, ENDING, OLD_FILE, IN_PART = "todos", "sign-in", "token-ends", "old-export", "read-in-part"
TO_APPROVE = "to-approve"
KINDS = (TO_APPROVE, WEEKLY, SIGN_IN, ENDING, OLD_FILE, IN_PART)


def by_hand_words(kind: str, facts: Mapping[str, str], text: Text) -> tuple[str, list[str]]:
    """Subject and paragraphs of such a letter, between greeting and signature.

    `facts` of `todos`: `count`, `tasks` (paragraphs), for officers `week` (paragraphs); of `sign-in`: `title`,
    `platform`, `address`, `page`; of `to-approve`: `count`, `tasks`; of `token-ends`, `old-export` and `read-in-part`:
    `subject`, `body`. Raises `KeyError` for another kind.
    """
    if kind == WEEKLY:
        work = [
            text("The platforms cannot be asked to do the following; a teacher of the course can:"),
            masked(facts["tasks"]),  # of others, too (D-4)
            text("Tick off on the seminar's page what you have done; what the platform shows is ticked off by itself."),
        ]
        if facts.get("week"):
            ahead = masked(facts["week"]).split("\n\n")
            return text("Your week of seminars"), [*ahead, *(work if facts["tasks"] else ())]
        return text("Work that waits for you in the courses of your seminars: %(count)s", count=facts["count"]), work
    if kind == TO_APPROVE:
        return text("Applications that wait for your approval: %(count)s", count=facts["count"]), [
            text("In these seminars a seat is kept for somebody until you have said yes:"),
            facts["tasks"],
            text("Of whom you say nothing until then the seat may go to the next one in the order."),
        ]
    if kind == SIGN_IN:
        title = facts.get("title", "")
        subject = text("Please sign in once: %(title)s", title=title)
        return subject, [
            text(
                "You have a part in the seminar «%(title)s», and %(platform)s does not know you yet.",
                title=title,
                platform=facts.get("platform", ""),
            ),
            text("Please sign in there once with your school-network account:") + "\n" + facts.get("address", ""),
            text("You lose nothing meanwhile. Within a day of it you will be in the seminar's course."),
            text("The seminar's page: %(page)s", page=facts.get("page", "")),
        ]
    if kind in (ENDING, OLD_FILE, IN_PART):
        return facts["subject"], [masked(facts["body"])]
    raise KeyError(kind)
