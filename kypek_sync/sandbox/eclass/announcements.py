"""The RSS feed of a course's announcements, with its offset of +0300 all year round (E-40)."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from werkzeug.wrappers import Request, Response

from kypek_sync.sandbox.eclass.php import HTML
from kypek_sync.sandbox.eclass.schema import OPEN, Database, aware_athens

PATH = "/modules/announcements/rss.php"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def rss(request: Request, db: Database, now: str) -> Response:
    """The announcements of an open course. Every other course is refused: personal feed tokens are not played."""
    code = request.args.get("c", "")
    course = db.row("SELECT * FROM course WHERE code = ?", code)
    if course is None or course["visible"] != OPEN:
        return _forbidden(f"{PATH}?{request.query_string.decode('ascii', 'replace')}")
    found = db.rows(
        "SELECT * FROM announcement WHERE course_id = ? AND visible = 1 ORDER BY date DESC, id DESC", course["id"]
    )
    base = request.host_url
    feed = f"{base}modules/announcements/rss.php?c={quote(code)}"
    items = "".join(
        f"<item><title>{escape(a['title'])}</title>"
        f"<link>{base}modules/announcements/index.php?an_id={a['id']}&amp;course={quote(code)}</link>"
        f"<description>{escape(a['content'])}</description><pubDate>{_wrong_offset(a['date'])}</pubDate>"
        f"<guid isPermaLink='false'>{_wrong_offset(a['date'])}{a['id']}</guid></item>"
        for a in found
    )
    latest = _wrong_offset(found[0]["date"] if found else now)
    return Response(
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel>"
        f"<atom:link href='{feed}' rel='self' type='application/rss+xml' />"
        f"<title>Ανακοινώσεις μαθήματος {escape(course['title'])}</title><link>{base}courses/{quote(code)}/</link>"
        f"<description>Ανακοινώσεις</description><lastBuildDate>{latest}</lastBuildDate><language>el</language>"
        f"{items}</channel></rss>",
        200,
        content_type="application/xml;",
    )


def _wrong_offset(stamp: str) -> str:
    """RFC 822 date of a naive Athens time, with the summer offset even in winter (E-40)."""
    moment = aware_athens(stamp)
    day, month = _DAYS[moment.weekday()], _MONTHS[moment.month - 1]
    return f"{day}, {moment:%d} {month} {moment:%Y %H:%M:%S} +0300"


def _forbidden(path: str) -> Response:
    return Response(
        '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN"><html><head><title>403 Forbidden</title></head><body>'
        "<h1>Forbidden</h1><p>You don't have permission to acces the requested path "
        f'"{escape(path, quote=False)}".</p></body></html>',
        403,
        content_type=HTML,
    )
