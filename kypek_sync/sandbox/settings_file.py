"""The `kypek.yaml` of a sandbox: one centre, everything allowed, short intervals, secrets by reference."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from kypek_sync.sandbox.scenario import STRUCTURES, Cast
from kypek_sync.sandbox.simulators import QUEUE, SOAP_USER

_HEAD = """\
# Ρυθμίσεις της δοκιμαστικής εγκατάστασης. Όλα τρέχουν σε αυτόν τον υπολογιστή· κανένα πρόσωπο δεν είναι αληθινό.

school_year: {school_year}
ledger: sqlite:///kypek.db
public_address: http://127.0.0.1:{web}
identity_key: file:secrets/identity-key
language: el

connectors:
  directory:
    type: ldif
    mode: observe
    file: directory.ldif
  register:
    type: units_register
    mode: observe
    address: {register}
  eclass:
    type: eclass
    mode: apply
    address: {eclass}
    token: file:secrets/eclass-token
    department: "{department}"
  moodle:
    type: moodle
    mode: apply
    address: {moodle}
    token: file:secrets/moodle-token
    report: {report}
    canary: {administrator}
  bbb:
    type: bigbluebutton
    mode: apply
    address: {bbb}
    secret: file:secrets/bbb-secret
  rt:
    type: request_tracker
    mode: apply
    address: {rt}
    token: file:secrets/rt-token
  smtp:
    type: smtp
    mode: apply
    host: {smtp_host}
    port: {smtp_port}
    security: none
    sender: ΚΥΠΕΚ Α΄ Αθήνας <kypek@att-a.sch.example>
  # Η παλιότερη έκδοση του Open eClass· για να τη δοκιμάσετε, γράψτε την πιο κάτω ως courses και στα categories.
  # Τα μαθήματα που υπάρχουν ήδη είναι μόνο στη νεότερη.
  # eclass-older:
  #   type: eclass
  #   mode: apply
  #   address: {eclass_older}
  #   token: file:secrets/eclass-older-token
  #   department: "{department}"
  # Helpdesk με SOAP· για να το δοκιμάσετε, γράψτε το πιο κάτω ως helpdesk.
  # soap:
  #   type: soap_helpdesk
  #   preset: mantisbt
  #   mode: apply
  #   project: "1"
  #   category: Σεμινάρια
  #   wsdl: {soap}?wsdl
  #   username: {soap_user}
  #   password: file:secrets/soap-password

kypeks:
  att-a:
    name: ΚΥΠΕΚ Α΄ Αθήνας
    administrators: [{administrator}]
    mail: kypek@att-a.sch.example
    directory: directory
    units_register: register
    courses: eclass
    rooms: bbb
    helpdesk: rt
    queue: {queue}
    post: smtp
    approval: false
    structures:
"""
_STRUCTURE = """\
      {id}:
        name: {name}
        officers: [{officer}]
        programme: programmes/{programme}
        inbox: inbox/{id}
        categories:
          eclass: "{department}"
          moodle: "{category}"
"""
_SAID_APART = ("smtp", "web", "control")
_TAIL = """\

directory_rules:
  sentinels: [{administrator}]

letters:
  quiet_from: 0
  quiet_until: 0
intervals:
  directory: 1 minute
  seats: 30 seconds
  courses: 2 minutes
  rooms: 10 seconds
  tickets: 15 seconds
  mail: 10 seconds

web:
  host: 127.0.0.1
  port: {web}
  session_key: file:secrets/session-key
  development_sign_in: true
"""


def settings_text(
    cast: Cast,
    addresses: Mapping[str, str],
    categories: Mapping[str, str],
    *,
    school_year: str,
    web: int,
    department: int,
    report: int,
) -> str:
    """The whole file. `addresses` by system, `categories` are Moodle's by structure, `web` is the port of our pages,
    `report` the id of Moodle's report of who enrolled when."""
    mail = urlsplit(addresses["smtp"])
    head = _HEAD.format(
        **{name.replace("-", "_"): address for name, address in addresses.items() if name not in _SAID_APART},
        smtp_host=mail.hostname,
        smtp_port=mail.port,
        school_year=school_year,
        web=web,
        department=department,
        report=report,
        administrator=cast.administrator,
        queue=QUEUE,
        soap_user=SOAP_USER,
    )
    structures = [
        _STRUCTURE.format(
            id=structure.id,
            name=json.dumps(structure.name, ensure_ascii=False),
            officer=cast.officer(number),
            programme=structure.programme,
            department=structure.department,
            category=categories[structure.id],
        )
        for number, structure in enumerate(STRUCTURES)
    ]
    return head + "".join(structures) + _TAIL.format(administrator=cast.administrator, web=web)
