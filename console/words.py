"""Names that the desk reads: statuses, departments, communities, channels, matters."""

from collections.abc import Iterable
from datetime import date

from console.initials import initials
from core.taxonomy import Street, Taxonomy
from core.texts import Texts

Pair = tuple[str, str]


class Words:
    """The names in one reader's language."""

    def __init__(
        self, texts: Texts, taxonomy: Taxonomy, street: Street, language: str, today: date
    ) -> None:
        self._texts = texts
        self._taxonomy = taxonomy
        self._street = street
        self._keys = texts.keys()
        self.language = language
        self._today = f"{today:%Y%m%d}"

    @property
    def texts(self) -> Texts:
        """All sentences, for what is put into words below the desk."""
        return self._texts

    def say(self, key: str, /, **facts: object) -> str:
        """Any sentence."""
        return self._texts.say(key, self.language, **facts)

    def find(self, key: str) -> str | None:
        """A sentence, if there is one."""
        return self.say(key) if key in self._keys else None

    def short(self, number: str) -> str:
        """0038 for a ticket of today, 11-22 0038 for an older one: the day begins anew at 0001."""
        _, day, count = number.split("-")
        return count if day == self._today else f"{day[4:6]}-{day[6:]} {count}"

    def status(self, status: str) -> str:
        """待派单 for to_dispatch."""
        return self.say(f"ticket.status.{status}")

    def channel(self, channel: str) -> str:
        """电话 for phone; a channel that we do not know keeps its id."""
        return self.find(f"console.channel.{channel}") or channel

    def community(self, community: str | None) -> str:
        """和平 for c05; empty when it is not known."""
        known = self._street.communities.get(community or "")
        return known.short if known else ""

    def unit(self, unit: str | None) -> str:
        """A department as people say it, shortened."""
        department = self._taxonomy.departments.get(unit or "")
        if department is None:
            return ""
        if self.language != "zh":
            return department.english
        return department.name.split("·")[-1].split("/")[0].split("（")[0]

    def matter(self, matter: str | None) -> str:
        """养老/助餐: the area and the matter."""
        known = self._taxonomy.matters.get(matter or "")
        if known is None:
            return ""
        return known.english if self.language != "zh" else f"{known.area_name}/{known.name}"

    def group(self, group: str) -> str:
        """A population group."""
        known = self._taxonomy.groups.get(group)
        return known.name if known else group

    def options(self, prefix: str, values: Iterable[str]) -> list[Pair]:
        """Choices for a select: each value with the sentence under the prefix."""
        return [(value, self.say(f"{prefix}.{value}")) for value in values]

    def communities(self) -> list[Pair]:
        """All communities, for a select."""
        return [(each.id, each.name) for each in self._street.communities.values()]

    def units(self) -> list[tuple[str, str, str]]:
        """All departments with their initials, for a search-select."""
        return [
            (each.id, each.name if self.language == "zh" else each.english, initials(each.name))
            for each in self._taxonomy.departments.values()
        ]

    def matters(self) -> list[tuple[str, str, str]]:
        """All matters with their initials, for a search-select."""
        return [
            (each.id, self.matter(each.id), initials(each.name))
            for each in self._taxonomy.matters.values()
        ]

    def request_types(self) -> list[Pair]:
        """咨询, 求助, 投诉…, for a select."""
        return [
            (each.id, each.name if self.language == "zh" else each.english)
            for each in self._taxonomy.request_types.values()
        ]
