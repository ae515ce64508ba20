"""Which of the two libraries reads the directory."""

from __future__ import annotations

from connectors.ldap.line import Library
from connectors.ldap.over_ldap3 import OverLdap3

INSTALL = "Install python-ldap (pip install 'kypek-sync[fast-ldap]'), or set library: auto."


def python_ldap() -> Library | None:
    """python-ldap, where it is installed and can be loaded (it needs the system's OpenLDAP libraries)."""
    try:
        from connectors.ldap.over_python_ldap import OverPythonLdap
    except ImportError:
        return None
    return OverPythonLdap()


def library(choice: str) -> Library:
    """The library of that setting: `auto` is python-ldap where it can be used, else ldap3. The settings have refused a
    `python-ldap` that cannot be used."""
    fast = None if choice == "ldap3" else python_ldap()
    return fast or OverLdap3()
