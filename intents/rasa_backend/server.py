"""
Asks a Rasa server what a text means (`POST /model/parse`, Rasa 3.6).

Rasa cannot live in our environment (Python < 3.11, SQLAlchemy < 1.5), so it is
a server of its own. One that is slow or away must cost residents nothing: every
question has a time limit, and after a few failures in a row nobody is asked
for a while (circuit breaker; Nygard, "Release It!").
"""

import re
from dataclasses import dataclass
from typing import Any

import httpx
from circuitbreaker import CircuitBreaker

from core.errors import FrontDoorError
from intents.understanding import Ranked

FALLBACK = "nlu_fallback"
"""What Rasa's FallbackClassifier puts first; its confidence is a constant and no score."""
LONGEST_ASKED = 2_000
"""Code points; Rasa's time grows with the length and its model read short texts."""
FAILURES = 3
REST_SECONDS = 30
_COMMAND = re.compile(r"^[\s/]+")


class RasaAway(FrontDoorError):
    """No usable answer: unreachable, too slow, an error, or not Rasa's JSON."""


@dataclass(frozen=True, slots=True)
class RasaAnswer:
    """What Rasa thinks of one text."""

    ranking: tuple[Ranked, ...]
    """Intents as the catalogue names them, the likeliest first; never the fallback."""
    fell_back: bool
    """Rasa's own threshold was not reached: the first is a guess."""
    model: str
    """The server's `model_id`, for the audit trail."""


class RasaServer:
    """One server; keeps its connections and remembers its failures."""

    def __init__(
        self,
        url: str,
        *,
        seconds: float = 1.5,
        failures: int = FAILURES,
        rest_seconds: float = REST_SECONDS,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._client = httpx.AsyncClient(
            base_url=url, timeout=seconds, transport=transport, trust_env=False
        )
        self._breaker = CircuitBreaker(  # type: ignore[no-untyped-call]
            failure_threshold=failures,
            recovery_timeout=rest_seconds,
            expected_exception=RasaAway,
            name=f"rasa {url}",
        )
        self._model = ""

    async def parse(self, text: str) -> RasaAnswer:
        """
        Rasa's ranking for a text. Raises `RasaAway`.

        A leading `/` would be taken for a command by Rasa (`/human_agent` comes
        back with confidence 1.0), so it is not sent.
        """
        asked = _COMMAND.sub("", text)[:LONGEST_ASKED]
        if self._breaker.opened:
            raise RasaAway("it failed several times and is left alone for a while")
        with self._breaker:
            return await self._ask(asked)

    async def find_model(self) -> str:
        """The `model_id` that the server has loaded. Raises `RasaAway`."""
        status = await self._json("GET", "/status")
        model = status.get("model_id") if isinstance(status, dict) else None
        if not model:
            raise RasaAway("it has no model loaded")
        return str(model)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def _ask(self, text: str) -> RasaAnswer:
        if not self._model:
            self._model = await self.find_model()
        try:
            parsed = await self._json("POST", "/model/parse", {"text": text})
        except RasaAway:
            self._model = ""  # after a pause it may be another one
            raise
        return _read(parsed, self._model)

    async def _json(self, method: str, path: str, body: object = None) -> Any:
        try:
            response = await self._client.request(method, path, json=body)
            if response.status_code != 200:
                raise RasaAway(f"it answers {response.status_code}")
            return response.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise RasaAway(type(error).__name__) from None


def _read(parsed: object, model: str) -> RasaAnswer:
    try:
        rows = [(str(row["name"]), float(row["confidence"])) for row in parsed["intent_ranking"]]  # type: ignore[index]
    except (KeyError, TypeError, ValueError):
        raise RasaAway("its answer has no ranking of intents") from None
    ranking = tuple(Ranked(name, confidence) for name, confidence in rows if name != FALLBACK)
    if not ranking:
        raise RasaAway("its model knows no intents")
    return RasaAnswer(ranking, fell_back=rows[0][0] == FALLBACK, model=model)
