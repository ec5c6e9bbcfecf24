"""What the residents' verbs work with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from core.dates import today_in_china
from core.messages import Choice, Reply
from core.settings import DeskSettings
from core.taxonomy import Street, Taxonomy
from core.texts import Texts
from core.vault import Vault
from handlers.residents import presses
from handlers.staff.desk import Desk
from handlers.turn import Turn
from knowledge_base.answer import Answer, Office, compose
from knowledge_base.article import Article
from tickets.lifecycle import Tickets


class Articles(Protocol):
    """Where an article is found by its id."""

    def find_article(self, article_id: str) -> Article | None:
        """The article, if it is published."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontDesk:
    """The stores and texts that the residents' verbs need."""

    tickets: Tickets
    articles: Articles
    vault: Vault
    texts: Texts
    taxonomy: Taxonomy
    street: Street
    settings: DeskSettings
    offices: Mapping[str, Office]
    staff_desk: Desk
    """For what reaches volunteers: words of an answer, thanks."""

    @property
    def silence(self) -> timedelta:
        """How long a half-finished form waits."""
        return timedelta(minutes=self.settings.silent_minutes)

    def still(self, turn: Turn) -> timedelta | None:
        """What does not touch a half-finished form does not stop its clock either."""
        return self.silence if turn.dialogue.form is not None else None

    def say(self, turn: Turn, key: str, *choices: Choice, **facts: object) -> Reply:
        """A reply in the resident's language from `locales/…/chat.yaml`."""
        return Reply(self.texts.say(f"chat.{key}", turn.language, **facts), choices)

    def choice(self, turn: Turn, key: str, payload: str) -> Choice:
        """A button in the resident's language."""
        return Choice(self.texts.say(f"chat.choice.{key}", turn.language), payload)

    def person(self, turn: Turn) -> Choice:
        """The way to a human: the last choice everywhere."""
        return self.choice(turn, "person", presses.PERSON)

    def matter_name(self, matter_id: str | None, language: str) -> str:
        """A matter as it is called in front of residents."""
        if matter_id is None:
            return self.texts.say("chat.unnamed_matter", language)
        matter = self.taxonomy.get_matter(matter_id)
        return matter.name.split("（")[0] if language == "zh" else matter.english

    def unit_name(self, unit: str | None, language: str) -> str:
        """A department as it is called in front of residents."""
        department = self.taxonomy.departments[unit or "hotline_desk"]
        if language != "zh":
            return department.english
        return department.name.split("·")[-1].split("/")[0].split("（")[0]

    def number_for(self, name: str) -> str | None:
        """A number to ring: national ones as they are, local ones (燃气抢修) from the settings."""
        return name if name.isdigit() else self.settings.emergency_numbers.get(name)

    def answer_for(self, turn: Turn, matter: str | None) -> Answer | None:
        """The best article that fits this message, and this matter where there is one."""
        for hit in turn.hits:
            if hit.fits and (matter is None or hit.article.matter == matter):
                return self.compose(hit.article, turn)
        return None

    def compose(self, article: Article, turn: Turn) -> Answer:
        """An article made ready to say today."""
        today = today_in_china(turn.now)
        return compose(article, today=today, offices=self.offices, texts=self.texts)
