"""The tables of Open eClass in a real MariaDB (fact sheet eclass, section 3.1), with the state of a simulator."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from connectors.eclass.grants import statements
from tests.servers.mariadb import MariaDb

READER, PASSWORD = "kypek_sync", "a-password-of-nobody"

TABLES = """
CREATE TABLE user (
  id INT AUTO_INCREMENT PRIMARY KEY, surname VARCHAR(100) NOT NULL DEFAULT '', givenname VARCHAR(100) NOT NULL
  DEFAULT '', username VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL UNIQUE, password VARCHAR(255)
  NOT NULL DEFAULT 'empty', email VARCHAR(254), status TINYINT NOT NULL DEFAULT 5, am VARCHAR(20), registered_at
  DATETIME NOT NULL, expires_at DATETIME NOT NULL, verified_mail TINYINT NOT NULL DEFAULT 2);
CREATE TABLE course (
  id INT AUTO_INCREMENT PRIMARY KEY, code VARCHAR(40) NOT NULL, lang VARCHAR(16) NOT NULL DEFAULT 'el', title
  VARCHAR(255) NOT NULL DEFAULT '', public_code VARCHAR(20) NOT NULL DEFAULT '', prof_names VARCHAR(255) NOT NULL
  DEFAULT '', visible TINYINT NOT NULL, password VARCHAR(50) NOT NULL DEFAULT '', description MEDIUMTEXT, view_type
  VARCHAR(255) NOT NULL DEFAULT 'units', created DATETIME NOT NULL, updated DATETIME, start_date DATE, end_date DATE,
  KEY (code));
CREATE TABLE course_user (
  course_id INT NOT NULL, user_id INT NOT NULL, status TINYINT NOT NULL DEFAULT 0, tutor INT NOT NULL DEFAULT 0, editor
  INT NOT NULL DEFAULT 0, course_reviewer TINYINT NOT NULL DEFAULT 0, reg_date DATETIME NULL, PRIMARY KEY (course_id,
  user_id));
CREATE TABLE course_user_request (
  id INT AUTO_INCREMENT PRIMARY KEY, uid INT NOT NULL, course_id INT NOT NULL, comments TEXT, status INT NOT NULL
  DEFAULT 1, ts DATETIME NULL);
CREATE TABLE `group` (
  id INT AUTO_INCREMENT PRIMARY KEY, course_id INT NOT NULL, name VARCHAR(100) NOT NULL DEFAULT '', description TEXT);
CREATE TABLE group_members (
  group_id INT NOT NULL, user_id INT NOT NULL, is_tutor INT NOT NULL DEFAULT 0, PRIMARY KEY (group_id, user_id));
CREATE TABLE hierarchy (
  id INT AUTO_INCREMENT PRIMARY KEY, code VARCHAR(20), name TEXT NOT NULL, lft INT NOT NULL, rgt INT NOT NULL);
CREATE TABLE course_department (course INT NOT NULL, department INT NOT NULL, PRIMARY KEY (course, department));
CREATE TABLE tc_session (
  id INT AUTO_INCREMENT PRIMARY KEY, course_id INT NOT NULL, title VARCHAR(255), description TEXT, start_date DATETIME,
  end_date DATETIME, public ENUM('0','1'), active ENUM('0','1'), running_at INT, meeting_id VARCHAR(42), mod_pw
  VARCHAR(42), att_pw VARCHAR(42), participants VARCHAR(1000) DEFAULT '0');
CREATE TABLE tc_attendance (
  id INT NOT NULL DEFAULT 0, meetingid VARCHAR(42), bbbuserid VARCHAR(20), totaltime INT NOT NULL DEFAULT 0, date
  TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE announcement (
  id INT AUTO_INCREMENT PRIMARY KEY, title VARCHAR(255) NOT NULL DEFAULT '', content TEXT, `date` DATETIME,
  course_id INT NOT NULL, visible TINYINT NOT NULL DEFAULT 0);
CREATE TABLE agenda (
  id INT AUTO_INCREMENT PRIMARY KEY, course_id INT NOT NULL, title VARCHAR(200) NOT NULL, content TEXT, start DATETIME,
  end DATETIME, duration VARCHAR(20) NOT NULL DEFAULT '', visible TINYINT NOT NULL DEFAULT 0);
CREATE TABLE config (`key` VARCHAR(32) PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE api_token (id INT AUTO_INCREMENT PRIMARY KEY, token TEXT NOT NULL, expired DATETIME);
INSERT INTO config VALUES ('code_key', 'a key that signs');
"""
COPIED = {
    "hierarchy": ("id", "code", "name", "lft", "rgt"),
    "user": (
        "id",
        "username",
        "surname",
        "givenname",
        "password",
        "email",
        "am",
        "status",
        "registered_at",
        "expires_at",
    ),
    "course": ("id", "code", "lang", "title", "visible", "public_code", "created", "description"),
    "course_department": ("course", "department"),
    "course_user": ("course_id", "user_id", "status", "editor", "tutor", "course_reviewer", "reg_date"),
    "course_user_request": ("id", "uid", "course_id", "comments", "status", "ts"),
    "group": ("id", "course_id", "name", "description"),
    "group_members": ("group_id", "user_id", "is_tutor"),
}
"""What the simulator has too."""


class Tables:
    """One database with these tables, and the account that reads it."""

    def __init__(self, server: MariaDb, name: str, user: str = READER) -> None:
        self.server = server
        self.name = name
        self.user = user
        self._lock = threading.Lock()
        server.run(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
        server.run(*filter(str.strip, TABLES.split(";\n")), database=name)
        server.run(f"DROP USER IF EXISTS {self.reader}")
        server.run(*statements(name, user, "127.0.0.1", PASSWORD, tls=False))
        self._connection = server.administrator(name)

    @property
    def url(self) -> str:
        """For the setting `database_url`."""
        return self.server.url(self.user, PASSWORD, self.name)

    @property
    def reader(self) -> str:
        """The account as SQL writes it."""
        return f"'{self.user}'@'127.0.0.1'"

    def run(self, *orders: str) -> None:
        """Run statements as administrator."""
        self.server.run(*orders, database=self.name)

    def copy(self, state: Path) -> None:
        """Make the tables what the simulator's are now, in one transaction."""
        with self._lock, closing(sqlite3.connect(state, timeout=30)) as simulated, self._connection.cursor() as cursor:
            cursor.execute("START TRANSACTION")
            for table, columns in COPIED.items():
                names = ", ".join(f"`{name}`" for name in columns)
                rows = simulated.execute(f'SELECT {names} FROM "{table}"').fetchall()
                cursor.execute(f"DELETE FROM `{table}`")
                if rows:
                    places = ", ".join(["%s"] * len(columns))
                    cursor.executemany(f"INSERT INTO `{table}` ({names}) VALUES ({places})", rows)
            cursor.execute("COMMIT")

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        """The rows of a question, asked as administrator."""
        with self._lock, self._connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    @contextmanager
    def overheard(self) -> Iterator[list[str]]:
        """All statements that the reader's account sends in the meantime, in their order; the list is filled at the
        end."""
        said: list[str] = []
        self.run("TRUNCATE mysql.general_log", "SET GLOBAL log_output = 'TABLE'", "SET GLOBAL general_log = 1")
        try:
            yield said
        finally:
            self.run("SET GLOBAL general_log = 0")
            rows = self.ask(
                "SELECT CONVERT(argument USING utf8mb4) FROM mysql.general_log"
                f" WHERE command_type = 'Query' AND user_host LIKE '{self.user}%' ORDER BY event_time"
            )
            said += [str(sql) for (sql,) in rows]

    def drop(self) -> None:
        """Take the database away."""
        self._connection.close()
        self.server.run(f"DROP DATABASE `{self.name}`")
