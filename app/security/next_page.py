"""Where a login leads: only to a page of ours."""

from __future__ import annotations

from urllib.parse import urlsplit

HOME = "/"


def local_path(wanted: str) -> str:
    """The wanted path when it lies on this server, else the first page.

    Browsers read a backslash as a slash and drop control characters, so both are refused.
    """
    if not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted:
        return HOME
    if any(ord(letter) < ord(" ") or ord(letter) == 0x7F for letter in wanted):
        return HOME
    parts = urlsplit(wanted)
    return HOME if parts.scheme or parts.netloc or parts.path in ("/login", "/logout") else wanted
