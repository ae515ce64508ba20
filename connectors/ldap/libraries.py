"""Which of the two libraries reads the directory, and which hears what changed. Only what is used is loaded.

By `auto` ldap3 reads: with our own receiving it is as quick, its memory has a bound whatever a server sends, and what
it takes for an entry is one. python-ldap hears syncrepl, which ldap3 cannot (D-43).
"""

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


def listener(choice: str) -> Library | None:
    """What hears syncrepl under that setting: python-ldap where it can be used and `ldap3` is not asked for."""
    return None if choice == "ldap3" else python_ldap()


def reader(choice: str) -> Library:
    """What reads under that setting: ldap3, unless `python-ldap` is asked for. The settings have refused one that is
    not installed; one that cannot be loaded is as good as none."""
    if choice == "python-ldap" and (asked_for := python_ldap()) is not None:
        return asked_for
    from connectors.ldap.over_ldap3 import OverLdap3

    return OverLdap3()
