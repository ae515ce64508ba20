"""Which of the two libraries reads the directory. Only that one is loaded."""

from __future__ import annotations

from connectors.ldap.line import Library

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
    if choice != "ldap3" and (fast := python_ldap()) is not None:
        return fast
    from connectors.ldap.over_ldap3 import OverLdap3

    return OverLdap3()
