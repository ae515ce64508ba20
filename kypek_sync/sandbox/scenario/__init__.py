"""A centre's autumn as the sandbox plays it: its structures, their programmes, who teaches and who has applied."""

from kypek_sync.sandbox.scenario.cast import STRANGERS, Cast
from kypek_sync.sandbox.scenario.drafting import draft
from kypek_sync.sandbox.scenario.papers import write_programmes
from kypek_sync.sandbox.scenario.plans import STRUCTURES, Applicant, SeminarPlan, SessionPlan, Structure, school_year

__all__ = [
    "STRANGERS",
    "STRUCTURES",
    "Applicant",
    "Cast",
    "SeminarPlan",
    "SessionPlan",
    "Structure",
    "draft",
    "school_year",
    "write_programmes",
]
