"""Pages: templates with everything that each of them needs, in the reader's language and size."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.clock import Clock
from core.texts import Texts
from people.sessions import SignedIn
from tickets.masking import masked_name, masked_phone, masked_text
from web import forms
from web.lengths import longest
from web.preferences import YEAR, Preferences, local_path, read_preferences
from web.stamps import Stamp
from web.static_files import StaticFiles
from web.times import TimeWords

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Surface:
    """The templates and static files that one package brings along."""

    templates: Path
    static: Path | None = None


SHARED = Surface(HERE / "templates", HERE / "static")
"""What every page stands on; `Pages` adds it by itself."""


class Pages:
    """
    Renders templates. Every template sees:

    `t(key, **facts)` the sentence · `when` the words for instants (`web.times`)
    · `static(name)` an address ·
    `longest(field)` the most characters that it takes · `token` for forms (macro `form_token`) ·
    `lang`, `html_lang`, `size`, `next_size` · `street` its name · `me` who is
    signed in, or None · `here` the page's own path and query.

    Templates get masked views and plain values, never ORM objects.
    """

    def __init__(
        self,
        *,
        texts: Texts,
        clock: Clock,
        street_name: str,
        public_url: str,
        stamp: Stamp,
        surfaces: Sequence[Surface] = (),
        language: str = "zh",
    ) -> None:
        self.texts = texts
        self.public_url = public_url
        self._clock = clock
        self._stamp = stamp
        self._language = language
        all_surfaces = (SHARED, *surfaces)
        self.static = StaticFiles([surface.static for surface in all_surfaces if surface.static])
        self._environment = _environment([surface.templates for surface in all_surfaces])
        self._environment.globals |= {
            "street": street_name,
            "static": self.static.url,
            "longest": longest,
            "form_id": secrets.token_hex,
        }

    def render(
        self,
        request: Request,
        template: str,
        /,
        *,
        status: int = 200,
        signed_in: SignedIn | None = None,
        headers: Mapping[str, str] | None = None,
        **facts: Any,
    ) -> HTMLResponse:
        """A whole page, or a part of one for htmx, with its status."""
        token, fresh = self._token(request, signed_in)
        html = self._environment.get_template(template).render(
            **self._shared(request, token, signed_in), **facts
        )
        response = HTMLResponse(html, status_code=status, headers=dict(headers or {}))
        response.headers["Vary"] = "Cookie"
        if fresh:
            response.set_cookie(
                forms.COOKIE, token, httponly=True, samesite="lax", secure=self.https, max_age=YEAR
            )
        return response

    def fragment(self, language: str, template: str, /, **facts: Any) -> str:
        """A piece of HTML without a request, for event streams."""
        shared = self._words(Preferences(language, "standard")) | {"me": None, "token": ""}
        return self._environment.get_template(template).render(**shared, **facts)

    def say(self, request: Request, key: str, /, **facts: object) -> str:
        """One sentence in the reader's language."""
        return self.texts.say(key, self.preferences(request).language, **facts)

    def preferences(self, request: Request) -> Preferences:
        """The reader's language and text size."""
        return read_preferences(request, self._language)

    @property
    def https(self) -> bool:
        """Whether cookies may travel over HTTPS only."""
        return self.public_url.startswith("https://")

    def _token(self, request: Request, signed_in: SignedIn | None) -> tuple[str, bool]:
        return (
            (signed_in.csrf_token, False)
            if signed_in
            else forms.visitor_token(request, self._stamp)
        )

    def _shared(self, request: Request, token: str, signed_in: SignedIn | None) -> dict[str, Any]:
        me = (signed_in.staff or signed_in.volunteer) if signed_in else None
        here = f"{request.url.path}?{request.url.query}".rstrip("?")
        preferences = self.preferences(request)
        return self._words(preferences) | {"token": token, "me": me, "here": local_path(here)}

    def _words(self, preferences: Preferences) -> dict[str, Any]:
        language, now = preferences.language, self._clock.now()
        return {
            "t": partial(_say, self.texts, language),
            "when": TimeWords(self.texts, language, now),
            "now": now,
            "lang": language,
            "html_lang": preferences.html_lang,
            "size": preferences.size,
            "next_size": preferences.next_size,
        }


def _say(texts: Texts, language: str, key: str, /, **facts: object) -> str:
    return texts.say(key, language, **facts)


def _environment(folders: Sequence[Path]) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["mask_name"] = masked_name
    environment.filters["mask_phone"] = masked_phone
    environment.filters["mask_text"] = masked_text
    return environment
