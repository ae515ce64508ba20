"""What `World` reads out: plain values for the eyes of a test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Course:
    """A course. `visible` is 0 closed, 1 registration, 2 open, 3 inactive; `created` is aware, Europe/Athens."""

    id: int
    code: str
    public_code: str
    title: str
    visible: int
    prof_names: str
    lang: str
    description: str
    created: datetime
    departments: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class User:
    """A person. `auth` is the sign-in method (`eclass` for a local password); `status` is 1 teacher, 5 student."""

    id: int
    username: str
    givenname: str
    surname: str
    email: str
    am: str
    auth: str
    status: int
    admin: bool
    departments: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a course; `reg_date` is aware, Europe/Athens."""

    course: str
    username: str
    role: str
    reg_date: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """A group of a course."""

    id: int
    course: str
    name: str


@dataclass(frozen=True, slots=True)
class GroupMember:
    """Somebody in a group, maybe no longer in its course (E-26)."""

    group: int
    username: str
