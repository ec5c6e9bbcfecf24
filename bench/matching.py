"""
A generated month of volunteers' work: matching in waves against first come, first served.

The same tasks and the same volunteers, four ways to bring them together:

* `list`: tasks stand in a list by their time; whoever looks, takes;
* `broadcast`: besides, everybody who may take a task is written to at once;
* `ordered`: the list is ordered for its reader, nobody is written to;
* `ours`: the list is ordered, and the best suited are asked in waves when it gets urgent.

What people do is assumed, not measured; every assumption is a constant below
and written down in `docs/volunteers.md`. The rules (who may take what, points,
waves) are the ones in use.
"""

import heapq
import itertools
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from core.clock import CHINA
from core.settings import VolunteerSettings
from core.taxonomy import Street, load_street
from handlers.clock.offer_in_waves import quiet_until
from people.profiles import HOME_VISIT, PARTS, Profile, Proof
from tickets.matching import Helper, Past, choose_wave, rank, rate
from tickets.suitability import Needs, Span, find_lack

SEED = 20261123
BEGINS = datetime(2026, 11, 2, tzinfo=CHINA)
DAYS = 28
VOLUNTEERS = 120
TASKS = 560
"""Twenty a day: one for every four residents' groups a month."""
NEWCOMERS = 0.15
KINDS = {"陪诊": 5, "代购": 4, "送餐": 4, "手机教学": 3, "陪聊": 3, "理发": 2, "小修小补": 2}
IN_HOME = 0.3
RESIDENTS = 250
"""From whom the tasks come: most ask more than once a month."""
SHORT_NOTICE = 0.25
"""Share of tasks that begin within six hours; the rest one to four days ahead."""

LOOKS_EVERY_HOURS = 30.0
"""How often a volunteer opens the list by themselves, on the average."""
READS = 5
"""So many entries are read before somebody puts the telephone away."""
TAKES = 0.10
"""Chance that somebody takes a task that was read, before what suits or not."""
ANSWERS = 0.45
"""Chance that somebody who is asked by name answers at all…"""
TIRED = 0.9
"""…times this for every message of the last seven days."""
YES = 0.35
"""Chance that an answer is yes, before what suits or not."""
ANSWER_MINUTES = 12.0
NEAR = {0: 1.6, 1: 1.2, 2: 0.8}
FAR = 0.5
FREE, NOT_FREE, UNSAID = 1.5, 0.25, 1.0
KNOWS_HOW, KNOWS_THE_PERSON = 1.3, 1.4


@dataclass
class Person:
    """A volunteer on the way through the month."""

    profile: Profile
    newcomer: bool
    busy: list[Span] = field(default_factory=list)
    minutes: int = 0
    claims: int = 0
    asked_at: list[datetime] = field(default_factory=list)
    met: set[int] = field(default_factory=set)

    def helper(self) -> Helper:
        """As matching sees this person now."""
        ever = self.claims + (0 if self.newcomer else 3)
        return Helper(self.profile, tuple(self.busy), self.claims, self.minutes, ever)


@dataclass(frozen=True)
class Wish:
    """A task that somebody asked for."""

    needs: Needs
    resident: int
    asked_at: datetime


@dataclass(frozen=True)
class Figures:
    """What came out for one way."""

    way: str
    filled: float
    median_minutes: float
    ninety_minutes: float
    same_or_next: float
    again: float
    messages: float
    """To one volunteer in a week."""
    busiest: float
    """Share of all visits that the busiest tenth of the volunteers made."""
    newcomers: float
    """Share of newcomers who got at least one visit."""


def generate(seed: int, street: Street) -> tuple[list[Profile], set[UUID], list[Wish]]:
    """Volunteers, who of them is new, and the month's tasks in the order of asking."""
    dice = random.Random(seed)
    people = [_person(dice, street) for _ in range(VOLUNTEERS)]
    new = {each.id for each in people if dice.random() < NEWCOMERS}
    homes = [_community(dice, street) for _ in range(RESIDENTS)]
    wishes = [_wish(dice, homes) for _ in range(TASKS)]
    return people, new, sorted(wishes, key=lambda each: each.asked_at)


def simulate(way: str, seed: int = SEED) -> Figures:
    """One way through the month."""
    street = load_street()
    profiles, new, wishes = generate(seed, street)
    people = [Person(profile, profile.id in new) for profile in profiles]
    return Month(way, people, wishes, street, random.Random(seed + 1)).run()


class Month:
    """Plays the month event by event; the same dice for every way."""

    def __init__(
        self,
        way: str,
        people: list[Person],
        wishes: Sequence[Wish],
        street: Street,
        dice: random.Random,
    ) -> None:
        self._way = way
        self._people = people
        self._by_id = {each.profile.id: each for each in people}
        self._wishes = wishes
        self._street = street
        self._dice = dice
        self._settings = VolunteerSettings()
        self._order = itertools.count()
        self._events: list[tuple[datetime, int, str, tuple[int, ...]]] = []
        self._taken: dict[int, tuple[datetime, Person, bool]] = {}
        self._asked: dict[int, set[UUID]] = {}

    def run(self) -> Figures:
        """All events until the month is over."""
        for number, wish in enumerate(self._wishes):
            self._at(wish.asked_at, "ask", number)
        for number in range(len(self._people)):
            for at in self._looks():
                self._at(at, "look", number)
        while self._events:
            now, _, what, about = heapq.heappop(self._events)
            getattr(self, f"_{what}")(now, *about)
        return self._figures()

    # ------------------------------------------------------------ events

    def _ask(self, now: datetime, number: int) -> None:
        """A task is published."""
        self._asked[number] = set()
        if self._way == "broadcast":
            wait = quiet_until(self._settings, now)
            self._at(wait or now, "broadcast", number)
        elif self._way == "ours":
            begins = self._wishes[number].needs.starts_at
            urgent_from = begins - timedelta(hours=self._settings.urgent_hours)
            self._at(max(now, urgent_from), "wave", number)

    def _look(self, now: datetime, number: int) -> None:
        """Somebody opens the list and reads its beginning."""
        person = self._people[number]
        for wish_number in self._list_for(person, now)[:READS]:
            if self._dice.random() < TAKES * self._likes(person, wish_number):
                self._take(now, wish_number, person)
                return

    def _broadcast(self, now: datetime, number: int) -> None:
        for person in self._people:
            if self._may(person, number, now):
                self._write(now, number, person)

    def _wave(self, now: datetime, number: int) -> None:
        """The next wave, by the rules in use."""
        needs = self._wishes[number].needs
        if number in self._taken or now >= needs.starts_at:
            return
        quiet = quiet_until(self._settings, now)
        if quiet is not None:
            self._at(quiet, "wave", number)
            return
        since = now - timedelta(hours=24)
        at_most = self._settings.offers_a_day
        free = [
            person.helper()
            for person in self._people
            if person.profile.id not in self._asked[number]
            and sum(at > since for at in person.asked_at) < at_most
        ]
        ranked = rank(
            needs, free, steps=self._street.steps_between, past=lambda who: self._past(who, number)
        )
        for match in choose_wave(ranked, self._settings.wave_size):
            self._write(now, number, self._by_id[match.volunteer_id])
        self._at(now + timedelta(minutes=self._settings.wave_minutes), "wave", number)

    def _answer(self, now: datetime, number: int, person_number: int) -> None:
        person = self._people[person_number]
        if self._may(person, number, now):
            self._take(now, number, person)

    # ------------------------------------------------------------ people

    def _write(self, now: datetime, number: int, person: Person) -> None:
        """Ask somebody by name; the answer is thrown now and comes later."""
        self._asked[number].add(person.profile.id)
        recent = sum(at > now - timedelta(days=7) for at in person.asked_at)
        person.asked_at.append(now)
        answers = self._dice.random() < ANSWERS * TIRED**recent
        if answers and self._dice.random() < min(0.95, YES * self._likes(person, number)):
            later = timedelta(minutes=self._dice.expovariate(1 / ANSWER_MINUTES))
            self._at(now + later, "answer", number, self._people.index(person))

    def _likes(self, person: Person, number: int) -> float:
        """How much a task suits somebody: the same in every way."""
        wish = self._wishes[number]
        needs, profile = wish.needs, person.profile
        steps = self._street.steps_between(profile.home_community or "", needs.community or "")
        liking = NEAR.get(9 if steps is None else steps, FAR)
        free = profile.is_free_at(needs.starts_at)
        liking *= UNSAID if free is None else FREE if free else NOT_FREE
        liking *= KNOWS_HOW if needs.kind in profile.skills else 1.0
        return liking * (KNOWS_THE_PERSON if wish.resident in person.met else 1.0)

    def _may(self, person: Person, number: int, now: datetime) -> bool:
        needs = self._wishes[number].needs
        over = number in self._taken or now >= needs.starts_at
        return not over and find_lack(needs, person.profile, busy=person.busy) is None

    def _list_for(self, person: Person, now: datetime) -> list[int]:
        numbers = [number for number in self._asked if self._may(person, number, now)]
        if self._way not in ("ordered", "ours"):
            return sorted(numbers, key=lambda number: self._wishes[number].needs.starts_at)
        helper = person.helper()
        points = {
            number: rate(
                self._wishes[number].needs,
                helper,
                steps=self._street.steps_between,
                past=self._past(person.profile.id, number),
            ).points
            for number in numbers
        }
        return sorted(numbers, key=lambda number: -points[number])

    def _take(self, now: datetime, number: int, person: Person) -> None:
        wish = self._wishes[number]
        self._taken[number] = (now, person, wish.resident in person.met)
        person.busy.append(wish.needs.span)
        person.minutes += wish.needs.minutes
        person.claims += 1
        person.met.add(wish.resident)

    def _past(self, volunteer_id: UUID, number: int) -> Past:
        met = self._wishes[number].resident in self._by_id[volunteer_id].met
        return Past(times=int(met))

    def _looks(self) -> Iterator[datetime]:
        at = BEGINS
        while True:
            at += timedelta(hours=self._dice.expovariate(1 / LOOKS_EVERY_HOURS))
            if at > BEGINS + timedelta(days=DAYS):
                return
            if 7 <= at.hour < 22:
                yield at

    def _at(self, at: datetime, what: str, *about: int) -> None:
        heapq.heappush(self._events, (at, next(self._order), what, about))

    # ------------------------------------------------------------ figures

    def _figures(self) -> Figures:
        taken = self._taken
        waits = sorted(
            (at - self._wishes[number].asked_at).total_seconds() / 60
            for number, (at, _, _) in taken.items()
        )
        steps = [
            self._street.steps_between(
                person.profile.home_community or "", self._wishes[number].needs.community or ""
            )
            for number, (_, person, _) in taken.items()
        ]
        visits = sorted((person.claims for person in self._people), reverse=True)
        new = [person for person in self._people if person.newcomer]
        written = sum(len(person.asked_at) for person in self._people)
        return Figures(
            way=self._way,
            filled=len(taken) / len(self._wishes),
            median_minutes=median(waits),
            ninety_minutes=waits[math.ceil(0.9 * len(waits)) - 1],
            same_or_next=sum(step in (0, 1) for step in steps) / len(taken),
            again=sum(again for _, _, again in taken.values()) / len(taken),
            messages=written / len(self._people) / (DAYS / 7),
            busiest=sum(visits[: len(visits) // 10]) / sum(visits),
            newcomers=sum(person.claims > 0 for person in new) / len(new),
        )


def _person(dice: random.Random, street: Street) -> Profile:
    home = _community(dice, street)
    near = [each for each in street.communities if (street.steps_between(home, each) or 0) <= 2]
    trained = dice.random() < 0.5
    times = tuple(f"{day}{part}" for day in range(7) for part in PARTS if dice.random() < 0.3)
    return Profile(
        id=UUID(int=dice.getrandbits(128)),
        skills=tuple(dice.sample(list(KINDS), dice.randint(1, 3))),
        home_community=home,
        communities=() if dice.random() < 0.4 else tuple(near),
        times=() if dice.random() < 0.2 else times,
        home_visits=trained,
        proofs=(Proof(HOME_VISIT, BEGINS.date()),) if trained else (),
    )


def _wish(dice: random.Random, homes: Sequence[str]) -> Wish:
    resident = min(int(dice.paretovariate(1.2)) - 1 + dice.randrange(60), RESIDENTS - 1)
    asked = BEGINS + timedelta(days=dice.randrange(DAYS - 4), minutes=dice.randrange(8 * 60, 1200))
    ahead = dice.uniform(1, 6) if dice.random() < SHORT_NOTICE else dice.uniform(24, 96)
    starts = asked + timedelta(hours=ahead)
    if not 8 <= starts.hour < 20:
        starts = starts.replace(hour=dice.randrange(8, 19)) + timedelta(days=starts.hour >= 20)
    minutes = dice.choice((30, 60, 90, 120))
    kind = dice.choices(list(KINDS), weights=list(KINDS.values()))[0]
    needs = Needs(
        id=UUID(int=dice.getrandbits(128)),
        kind=kind,
        community=homes[resident],
        starts_at=max(starts, asked + timedelta(hours=1)),
        ends_at=max(starts, asked + timedelta(hours=1)) + timedelta(minutes=minutes),
        minutes=minutes,
        skill=kind if kind in ("理发", "小修小补") else None,
        in_home=dice.random() < IN_HOME,
    )
    return Wish(needs, resident, asked)


def _community(dice: random.Random, street: Street) -> str:
    every = list(street.communities.values())
    return dice.choices(every, weights=[each.households for each in every])[0].id


def average(way: str, seeds: Sequence[int]) -> Figures:
    """The mean of several months."""
    found = [simulate(way, seed) for seed in seeds]
    names = [name for name in Figures.__dataclass_fields__ if name != "way"]
    means = {name: sum(getattr(each, name) for each in found) / len(found) for name in names}
    return replace(found[0], **means)


def main() -> None:
    """Five months of each way, as a table."""
    seeds = range(SEED, SEED + 5)
    print(
        "| way | filled | median wait | 9 of 10 within | near | same person | "
        "messages a week | busiest tenth | newcomers |"
    )
    print("| --- " * 9 + "|")
    for way in ("list", "broadcast", "ordered", "ours"):
        each = average(way, seeds)
        print(
            f"| {way} | {each.filled:.0%} | {each.median_minutes / 60:.1f} h | "
            f"{each.ninety_minutes / 60:.1f} h | {each.same_or_next:.0%} | {each.again:.0%} | "
            f"{each.messages:.1f} | {each.busiest:.0%} | {each.newcomers:.0%} |"
        )


if __name__ == "__main__":
    main()
