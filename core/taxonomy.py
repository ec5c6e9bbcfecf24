"""
What residents ask and where the sample street lies: the only reader of both files.

`taxonomy.yaml` holds ids, names, deadlines, departments and the rules that
classifiers and dispatchers share; `street.yaml` the communities of one street.
A street office replaces the second and adjusts the first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from core.errors import NotFound
from core.yaml_files import load_yaml

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Matter:
    """One of the things that residents bring, e.g. `elder_care/meal`."""

    id: str
    name: str
    english: str
    area: str
    area_name: str
    definition: str
    examples: tuple[str, ...]
    request_type: str
    department: str
    handled_by: str
    """`street`, `assist` or `elsewhere`: who does the work, never a reason to refuse."""
    handler: str | None
    urgency: str
    deadline: str
    deadline_if: Mapping[str, str]
    volunteer: str
    """`none`, `assist` or `full`: what a volunteer may do of it."""
    volunteer_tasks: tuple[str, ...]
    slots: tuple[str, ...]
    groups: tuple[str, ...]
    hotlines: tuple[str, ...]
    confusable: tuple[str, ...]
    need_level: str
    aliases: tuple[str, ...]

    @property
    def dotted(self) -> str:
        """The id where a slash would break: Open311 codes, Rasa's intents."""
        return self.id.replace("/", ".")


@dataclass(frozen=True, slots=True)
class Act:
    """What a person is doing with a message, e.g. `ask_status`."""

    id: str
    name: str
    english: str
    definition: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeadlineClass:
    """
    How fast: acceptance, first contact and finish, in the taxonomy's notation.

    "15min", "2h" and "3d" run on the clock, "5wd" in working days.
    """

    id: str
    name: str
    receive: str
    first_contact: str
    finish: str
    basis: str


@dataclass(frozen=True, slots=True)
class EmergencyTrigger:
    """A family of dangers: seed phrases, typical false alarms, whom to ring, what to say."""

    id: str
    name: str
    level: str
    calls: tuple[str, ...]
    phrases: tuple[str, ...]
    not_if: tuple[str, ...]
    script: str


@dataclass(frozen=True, slots=True)
class Group:
    """People whom a matter touches; sensitive ones are kept only with consent."""

    id: str
    name: str
    cues: tuple[str, ...]
    sensitive: bool


@dataclass(frozen=True, slots=True)
class Slot:
    """Something that the bot or an operator asks for."""

    id: str
    name: str
    type: str
    pii: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """An id with its name in Chinese and English: a department, a request type."""

    id: str
    name: str
    english: str


@dataclass(frozen=True, slots=True)
class Community:
    """A residents' committee and the named places in it."""

    id: str
    name: str
    places: tuple[str, ...]
    households: int
    groups: int
    neighbours: tuple[str, ...] = ()
    """Ids of the communities beside it; empty where the street has not written them down."""

    @property
    def short(self) -> str:
        """The name as people say it: 长虹 for 长虹社区."""
        return self.name.removesuffix("社区")


class Taxonomy:
    """The catalogue of matters, acts, triggers, deadlines and departments."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self.version: str = document["meta"]["version"]
        self.matters = {matter.id: matter for matter in _matters(document)}
        self.acts = {row["id"]: _act(row) for row in document["acts"]}
        self.deadlines = {row["id"]: _deadline(row) for row in document["deadline_classes"]}
        self.triggers = {row["id"]: _trigger(row) for row in document["emergency_triggers"]}
        self.groups = {row["id"]: _group(row) for row in document["population_groups"]}
        self.slots = {key: _slot(key, row) for key, row in document["slots"].items()}
        self.departments = {row["id"]: _named(row) for row in document["departments"]}
        self.request_types = {row["id"]: _named(row) for row in document["request_types"]}
        self.urgency_names = {row["id"]: row["name"] for row in document["urgency_levels"]}
        self.dialect: Mapping[str, str] = document["oral_lexicon"]["dialect"]

    @cached_property
    def area_names(self) -> dict[str, str]:
        """Area id to its name, in the taxonomy's order."""
        return {area["id"]: area["name"] for area in self._document["areas"]}

    @cached_property
    def helps(self) -> tuple[str, ...]:
        """What residents ask volunteers for, and what volunteers say they can do: 陪诊, 代购…"""
        other = {"其他"}
        return tuple(each for each in self.slots["help_type"].values if each not in other)

    @cached_property
    def past_markers(self) -> tuple[str, ...]:
        """Words that speak of the past: a danger beside them is asked about."""
        return tuple(self._document["urgency_modifiers"]["past_markers"]["words"])

    @cached_property
    def self_harm_families(self) -> dict[str, tuple[str, ...]]:
        """Seed phrases of self-harm by family."""
        return {row["id"]: tuple(row["phrases"]) for row in self._document["self_harm_families"]}

    def get_matter(self, matter_id: str) -> Matter:
        """The matter with this id; raises `NotFound`."""
        try:
            return self.matters[matter_id]
        except KeyError:
            raise NotFound("matter", matter_id) from None

    def urgency_for(self, matter_id: str | None, request_type: str) -> str:
        """The level before any danger is looked for (taxonomy `urgency_rules`)."""
        if matter_id is None:
            return "P2" if request_type in ("complaint", "help", "report") else "P3"
        level = self.get_matter(matter_id).urgency
        if request_type in ("consult", "suggest", "praise"):
            return "P3"
        return "P2" if level == "P3" else level

    def deadline_for(self, matter_id: str | None, request_type: str, urgency: str) -> DeadlineClass:
        """The class whose deadlines a ticket gets; urgency P0 and P1 override the matter's."""
        if urgency == "P0":
            return self.deadlines["emergency_2h"]
        if urgency == "P1":
            return self.deadlines["urgent_24h"]
        if matter_id is None:
            name = "normal_5wd" if urgency == "P2" else "consult_1wd"
            return self.deadlines[name]
        return self.deadlines[self._ordinary_deadline(self.get_matter(matter_id), request_type)]

    def _ordinary_deadline(self, matter: Matter, request_type: str) -> str:
        if request_type in matter.deadline_if:
            return matter.deadline_if[request_type]
        if matter.request_type == request_type and matter.deadline != "urgent_24h":
            return matter.deadline
        return "consult_1wd" if request_type in ("consult", "suggest", "praise") else "normal_5wd"


class Street:
    """One street office: its name, communities and their places."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.name: str = document["name"]
        self.city: str = document["city"]
        self.population: int = document["population"]
        self.communities = {row["id"]: _community(row) for row in document["communities"]}

    def get_community(self, community_id: str) -> Community:
        """The community with this id; raises `NotFound`."""
        try:
            return self.communities[community_id]
        except KeyError:
            raise NotFound("community", community_id) from None

    def steps_between(self, one: str, other: str) -> int | None:
        """
        How many communities one crosses from one to the other: 0 the same, 1 side by side.

        None where the neighbours are not written down, or nothing joins the two.
        """
        if one == other:
            return 0
        seen, edge, steps = {one}, {one}, 0
        while edge:
            steps += 1
            edge = {each for here in edge for each in self._beside.get(here, ())} - seen
            if other in edge:
                return steps
            seen |= edge
        return None

    @cached_property
    def _beside(self) -> dict[str, set[str]]:
        """Both ways, though the file may say it only once."""
        beside: dict[str, set[str]] = {each: set() for each in self.communities}
        for community in self.communities.values():
            for neighbour in community.neighbours:
                beside[community.id].add(neighbour)
                beside.setdefault(neighbour, set()).add(community.id)
        return beside

    def find_community_of_place(self, place: str) -> Community | None:
        """The community in which a named place lies, if it is one of ours."""
        for community in self.communities.values():
            if place in community.places:
                return community
        return None


def load_taxonomy(path: Path = HERE / "taxonomy.yaml") -> Taxonomy:
    """Read the taxonomy."""
    return Taxonomy(_read(path))


def load_street(path: Path = HERE / "street.yaml") -> Street:
    """Read the street."""
    return Street(_read(path))


def _read(path: Path) -> Mapping[str, Any]:
    with path.open(encoding="utf-8") as stream:
        document: Mapping[str, Any] = load_yaml(stream)
    return document


def _matters(document: Mapping[str, Any]) -> list[Matter]:
    aliases = document["oral_lexicon"]["aliases"]
    return [
        _matter(row, area, aliases.get(row["id"], ()))
        for area in document["areas"]
        for row in area["matters"]
    ]


def _matter(row: Mapping[str, Any], area: Mapping[str, Any], aliases: Any) -> Matter:
    return Matter(
        id=row["id"],
        name=row["name"],
        english=row["en"],
        area=area["id"],
        area_name=area["name"],
        definition=row["definition"],
        examples=tuple(row["examples"]),
        request_type=row["request_type"],
        department=row["dept"],
        handled_by=row["handled_by"],
        handler=row.get("handler"),
        urgency=row["urgency"],
        deadline=row["deadline"],
        deadline_if=dict(row.get("deadline_if", {})),
        volunteer=row["volunteer"],
        volunteer_tasks=tuple(row.get("volunteer_tasks", ())),
        slots=tuple(row["slots"]),
        groups=tuple(row["groups"]),
        hotlines=tuple(row["hotlines"]),
        confusable=tuple(row["confusable"]),
        need_level=row.get("need_level", area["need_level"]),
        aliases=tuple(aliases),
    )


def _act(row: Mapping[str, Any]) -> Act:
    return Act(row["id"], row["name"], row["en"], row["definition"], tuple(row.get("examples", ())))


def _deadline(row: Mapping[str, Any]) -> DeadlineClass:
    return DeadlineClass(
        row["id"], row["name"], row["receive"], row["first_contact"], row["finish"], row["basis"]
    )


def _trigger(row: Mapping[str, Any]) -> EmergencyTrigger:
    return EmergencyTrigger(
        id=row["id"],
        name=row["name"],
        level=row["level"],
        calls=tuple(row["call"]),
        phrases=tuple(row["phrases"]),
        not_if=tuple(row["not_if"]),
        script=row["script"],
    )


def _group(row: Mapping[str, Any]) -> Group:
    return Group(row["id"], row["name"], tuple(row["cues"]), row["sensitive"])


def _slot(key: str, row: Mapping[str, Any]) -> Slot:
    return Slot(key, row["name"], row["type"], row.get("pii", "none"), tuple(row.get("values", ())))


def _named(row: Mapping[str, Any]) -> Named:
    return Named(row["id"], row["name"], row["en"])


def _community(row: Mapping[str, Any]) -> Community:
    return Community(
        row["id"],
        row["name"],
        tuple(row["places"]),
        row["households"],
        row["groups"],
        tuple(row.get("neighbours", ())),
    )
