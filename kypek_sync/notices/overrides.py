"""Letters in an administrator's own words: a text file for each kind, in a folder that the settings name.

`<templates>/el/seat-granted.txt`: its first line is the subject, what follows the empty line below it the letter.
Jinja2, sandboxed; every field of `examples.EXAMPLE` may stand in it, empty where a letter has none, and `usual` and
`usual_subject` are the built-in words, to be added to. Whatever is wrong with such a file costs nobody a letter: the
built-in words go out, and what is wrong is told with file and line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from unicodedata import category

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from kypek_sync.language import Sentence, Text
from kypek_sync.notices.by_hand import KINDS
from kypek_sync.notices.change_words import CHANGE_KINDS, LEFT, SEVERAL
from kypek_sync.notices.examples import EXAMPLE, LEAFLET, NAME
from kypek_sync.notices.programme_letter import FACT, PROGRAMME, leaflet_of
from kypek_sync.notices.reminder_words import REMINDER
from kypek_sync.notices.wording import SEAT_KINDS, WITH_OWN_PAGE, folded, words
from kypek_sync.notices.words import Words

OVERRIDABLE = (*SEAT_KINDS, *CHANGE_KINDS, SEVERAL, LEFT, REMINDER, *KINDS, PROGRAMME)
"""The kinds of letters with words of their own in a file."""
SUFFIX = ".txt"
LONGEST = 100_000
"""Characters of a letter; what makes more has gone wrong."""
_UNFIT = frozenset({"Cc", "Cs"})
"""Unicode's kinds of characters that no mail server takes."""
_WRONG = (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError)
"""What a template may raise of its own."""
_MUST_ANSWER = "seat-offered"
"""The letter that is of no use without the address where the person answers."""


@dataclass
class Overrides:
    """The files of one language below a folder (None: there are none). `troubles` are what was wrong with those that
    were used, by kind."""

    folder: Path | None
    language: str
    troubles: dict[str, Sentence] = field(default_factory=dict)

    def file(self, kind: str) -> Path | None:
        """The file for a kind, if there is one."""
        if self.folder is None or kind not in OVERRIDABLE:
            return None
        file = self.folder / self.language / f"{kind}{SUFFIX}"
        return file if file.is_file() else None

    def unknown(self) -> list[Path]:
        """Files in the folder that are no kind's: perhaps a mistyped name."""
        if self.folder is None or not (here := self.folder / self.language).is_dir():
            return []
        return sorted(file for file in here.iterdir() if file.name not in {f"{kind}{SUFFIX}" for kind in OVERRIDABLE})

    def words(self, kind: str, facts: Mapping[str, str], name: str, text: Text) -> Words:
        """The letter in the administrator's words, where there is a file for its kind and nothing is wrong with it."""
        said = dict(facts)
        if kind == PROGRAMME and facts.get(FACT):
            its = leaflet_of(facts[FACT])
            said |= {"period": its.period, "page": its.page}
        return self._own(kind, said, name, words(kind, facts, name, text))

    def folded(self, letters: Sequence[tuple[str, Mapping[str, str]]], name: str, text: Text) -> Words:
        """The one letter that several notices about changes are, (kind, facts) of each: its `title` are those of all
        seminars, its `changes` theirs below each."""
        titles = [facts.get("title", "") for _, facts in letters]
        changes = [f"{facts.get('title', '')}:\n{facts.get('changes', '')}" for _, facts in letters]
        facts = {"title": ", ".join(titles), "changes": "\n\n".join(changes), "count": str(len(letters))}
        facts["why"] = " ".join(dict.fromkeys(why for _, one in letters if (why := one.get("why"))))
        facts["centre"] = letters[0][1].get("centre", "")
        return self._own(SEVERAL, facts, name, folded(letters, name, text))

    def _own(self, kind: str, facts: Mapping[str, str], name: str, usual: Words) -> Words:
        """The words of the file for a kind, if there is one that is right; else the built-in ones."""
        if (file := self.file(kind)) is None:
            return usual
        said = _rendered(file, kind, facts, name, usual)
        if isinstance(said, Sentence):
            self.troubles[kind] = said
            return usual
        return said

    def example(self, kind: str, text: Text) -> Words:
        """The letter as it would be to somebody who does not exist."""
        if kind == SEVERAL:
            other = example_of(kind) | {"title": "Ρομποτική για αρχάριους"}
            return self.folded([(CHANGE_KINDS[0], example_of(kind)), (CHANGE_KINDS[0], other)], NAME, text)
        return self.words(kind, example_of(kind), NAME, text)


def example_of(kind: str) -> dict[str, str]:
    """The facts of an invented letter of a kind."""
    nowhere = kind in SEAT_KINDS and kind not in WITH_OWN_PAGE
    leaflet = {FACT: LEAFLET.stored} if kind == PROGRAMME else {}
    return {key: value for key, value in EXAMPLE.items() if not (nowhere and key == "own_page")} | leaflet


def _rendered(file: Path, kind: str, facts: Mapping[str, str], name: str, usual: Words) -> Words | Sentence:
    """The words of a file, or what is wrong with it."""
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(file.parent, encoding="utf-8"),
        autoescape=False,  # plain text; its HTML is made of it, and escaped there
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    fields = dict.fromkeys(EXAMPLE, "") | {key: value for key, value in facts.items() if key in EXAMPLE}
    fields |= {"name": name, "usual": usual.body.rstrip("\n"), "usual_subject": usual.subject}
    try:
        made = environment.get_template(file.name).render(fields)
    except TemplateSyntaxError as error:
        return _wrong(file, error.lineno, _engine(error.message or ""))
    except (OSError, UnicodeDecodeError, TemplateNotFound) as error:
        return _wrong(file, 1, _engine(_without_facts(environment, file, error)))
    except RecursionError:  # a file that includes itself; the engine's own words name no line of it
        return _wrong(file, 1, Sentence.of("It includes or calls itself without end."))
    except _WRONG as error:
        return _wrong(file, _line(error.__traceback__, file), _engine(_without_facts(environment, file, error)))
    subject, _, body = made.lstrip("\ufeff\n").partition("\n")
    subject = " ".join(subject.split())  # a stray line of Unicode's in it, and no server would take the letter
    if not subject or not body.strip():
        return _wrong(file, 1, Sentence.of("It has no subject in its first line, or no words below it."))
    if len(made) > LONGEST:
        return _wrong(file, 1, Sentence.of("Its letter is too long."))
    if kind == _MUST_ANSWER and facts.get("own_page") and facts["own_page"] not in body:
        return _wrong(file, 1, Sentence.of("It must have the field own_page: there the person answers."))
    if any(category(one) in _UNFIT and one not in "\n\t" for one in subject + body):
        return _wrong(file, 1, Sentence.of("It has characters that no letter can have."))
    return Words(subject, body.strip("\n") + "\n")


def _without_facts(environment: ImmutableSandboxedEnvironment, file: Path, error: Exception) -> str:
    """What an error says, with nothing of the letter in it: many people read what is wrong, and one the address at
    which they answer. It says it of an invented letter; where that one has no such error, only of what sort it is."""
    try:
        environment.get_template(file.name).render(EXAMPLE | {"name": NAME, "usual": "", "usual_subject": ""})
    except (*_WRONG, OSError, RecursionError) as same:
        if type(same) is type(error):
            return str(same)
    return type(error).__name__


def _line(trace: TracebackType | None, file: Path) -> int:
    """The line of the template that an error came from."""
    line = 1
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(file):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _engine(why: str) -> Sentence:
    return Sentence.of("The template engine says: %(why)s", why=why)


def _wrong(file: Path, line: int, why: Sentence) -> Sentence:
    said = "%(file)s is not used, and the built-in words go out instead (line %(line)s)."
    return Sentence.of(said, file=file, line=line).followed_by(why)
