"""What the administrator of eClass's database enters for an account that may only read: words and SQL, in Greek and in
English. The rights are column by column: no secret of eClass can be seen with them (fact sheet eclass, E-49)."""

from __future__ import annotations

import argparse
import re

from connectors.eclass.database_columns import NEEDED

DATABASE, USER, HOST = "eclass", "kypek_sync", "localhost"
_BLANK = "…"

_GREEK = """\
ΛΟΓΑΡΙΑΣΜΟΣ ΒΑΣΗΣ ΔΕΔΟΜΕΝΩΝ ΤΟΥ OPEN ECLASS, ΜΟΝΟ ΓΙΑ ΑΝΑΓΝΩΣΗ

1. Ο διαχειριστής της βάσης (MariaDB ή MySQL) εκτελεί τις παρακάτω εντολές στον διακομιστή με τον οποίο δουλεύει το
   eClass (όχι σε παλιό αντίγραφο), με δικό του κωδικό στη θέση του «…». Ο λογαριασμός συνδέεται μόνο από το {host}· αν
   το kypek-sync τρέχει σε άλλο μηχάνημα, γράψτε το με --host. Άλλο όνομα βάσης ή λογαριασμού: --database, --user.
2. Δεν δίνεται κανένα άλλο δικαίωμα. Το kypek-sync αρνείται λογαριασμό που μπορεί να γράψει οπουδήποτε, που έχει ρόλο
   (ROLE) ή που διαβάζει μυστικά: τους πίνακες config και api_token, κωδικούς χρηστών, μαθημάτων και τηλεδιασκέψεων.
3. Γράψτε τη διεύθυνση σε αρχείο που διαβάζει μόνο το kypek-sync, σε μία γραμμή (τα ειδικά σημεία του κωδικού ως %XX):
     mysql://{user}:ΚΩΔΙΚΟΣ@ΔΙΑΚΟΜΙΣΤΗΣ/{database}
   και στις ρυθμίσεις «database_url: file:secrets/eclass-database». Σε άλλο μηχάνημα η γραμμή πρέπει να είναι
   κρυπτογραφημένη (TLS)· το πιστοποιητικό δικής σας αρχής γράφεται στο «database_ca_file».
4. Τρέξτε «kypek-sync check».
"""

_ENGLISH = """\
WHAT IS NEEDED IN THE DATABASE OF OPEN ECLASS: AN ACCOUNT THAT MAY ONLY READ

1. The administrator of the database (MariaDB or MySQL) runs the statements above on the server that eClass works with
   (no old copy), with a password of their own in the place of «…». The account signs in from {host} alone; if
   kypek-sync runs on another machine, name it with --host. Another database or account: --database, --user.
2. Nothing else is granted. kypek-sync refuses an account that can write anywhere, has a role or reads secrets: the
   tables config and api_token, the passwords of users, courses and meetings.
3. Write the address into a file that kypek-sync alone can read, on one line (odd signs of the password as %XX):
     mysql://{user}:PASSWORD@SERVER/{database}
   and into the settings `database_url: file:secrets/eclass-database`. To another machine the line must be encrypted
   (TLS); the certificate of an authority of your own goes into `database_ca_file`.
4. Run `kypek-sync check`.
"""


class _Words(argparse.ArgumentParser):
    """Says what is wrong as a value, and never ends the program."""

    def error(self, message: str) -> None:  # type: ignore[override] # argparse's own never returns
        raise ValueError(message)


def instructions(words: tuple[str, ...], *, database: str = "") -> str:
    """The whole text. `words` are the options of the command, `database` the name in the settings, if there is one.
    What is no option is answered with how to write it."""
    asked = _Words(add_help=False)
    asked.add_argument("--database", default=database or DATABASE)
    asked.add_argument("--user", default=USER)
    asked.add_argument("--host", default=HOST)
    try:
        chosen = asked.parse_args(list(words))
        entered = statements(chosen.database, chosen.user, chosen.host, _BLANK, tls=not _near(chosen.host))
    except ValueError:
        return "kypek-sync connector eclass grants [--database NAME] [--user NAME] [--host HOST]"
    names = {"host": chosen.host, "user": chosen.user, "database": chosen.database}
    sql = "\n".join(f"{statement};" for statement in entered)
    return f"{_GREEK.format(**names)}\n{sql}\n\n{_ENGLISH.format(**names)}".rstrip()


def statements(database: str, user: str, host: str, password: str, *, tls: bool) -> tuple[str, ...]:
    """The statements, without their semicolons. Raises `ValueError` for a name that cannot be one."""
    if not all(re.fullmatch(r"[^\x00-\x1f'\"`\\]{1,80}", name) for name in (database, user, host)):
        raise ValueError("a name is empty or holds quotes")
    account = f"'{user}'@'{host}'"
    secret = password.replace("\\", "\\\\").replace("'", "''")
    limits = "WITH MAX_USER_CONNECTIONS 4"
    return (
        f"CREATE USER {account} IDENTIFIED BY '{secret}' {'REQUIRE SSL ' if tls else ''}{limits}",
        *(
            f"GRANT SELECT ({', '.join(f'`{name}`' for name in columns)}) ON `{database}`.`{table}` TO {account}"
            for table, columns in NEEDED.items()
        ),
    )


def _near(host: str) -> bool:
    return host in ("localhost", "127.0.0.1", "::1")
