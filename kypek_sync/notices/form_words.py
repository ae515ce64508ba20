"""How a seminar is held, in a word. English; the catalogues have the Greek."""

from __future__ import annotations

from kypek_sync.model import Form

FORMS = {Form.IN_PERSON: "in person", Form.ONLINE: "online", Form.BLENDED: "blended"}
