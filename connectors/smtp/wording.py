"""What a redirected letter tells whoever tries the system out, in Greek: words only."""

from __future__ import annotations

REDIRECTED = "[Δοκιμαστική λειτουργία] Το μήνυμα αυτό προοριζόταν για τη διεύθυνση: {to}"
"""First line of a letter that was sent to `redirect_to` instead of to its recipient."""
