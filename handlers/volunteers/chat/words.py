"""Tasks in a messenger: one card a message, its buttons under it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.dates import say_instant
from core.messages import Choice, Reply
from handlers.staff.desk import Desk
from handlers.volunteers.cards import ClaimedTask, Partner, TaskCard
from handlers.volunteers.chat import payloads
from handlers.volunteers.explaining import explain, say_lack
from tickets.tasks import ClaimStatus, TaskStatus

MENU = (
    ("tasks", payloads.TASKS),
    ("mine", payloads.MINE),
    ("me", payloads.ME),
    ("staff", payloads.STAFF),
)
"""What always stands under the chat: key of the title, and payload."""

_PAIR = 2
_AN_HOUR = 60
_STEPS: Mapping[str, Sequence[tuple[str, str]]] = {
    ClaimStatus.CLAIMED: (
        (payloads.HERE, "here"),
        (payloads.GO, "go"),
        (payloads.LATE, "late"),
        (payloads.SAY, "say"),
        (payloads.CALL, "call"),
        (payloads.RELEASE, "release"),
    ),
    ClaimStatus.CHECKED_IN: (
        (payloads.DONE, "done"),
        (payloads.CALL, "call"),
        (payloads.SAY, "say"),
        (payloads.RELEASE, "give_up"),
    ),
    ClaimStatus.COMPLETED: ((payloads.MINUTES, "minutes"),),
}
"""What may follow from where a claim stands; the rules decide again when it is pressed."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Puts tasks into words in one language at one instant."""

    desk: Desk
    language: str
    now: datetime

    def say(self, key: str, *choices: Choice, **facts: object) -> Reply:
        """A sentence of `locales/…/volunteer_chat.yaml` with buttons."""
        return Reply(self.words(key, **facts), choices)

    def words(self, key: str, **facts: object) -> str:
        """A sentence of `locales/…/volunteer_chat.yaml`."""
        return self.desk.texts.say(f"volunteer_chat.{key}", self.language, **facts)

    def choice(self, key: str, payload: str, **facts: object) -> Choice:
        """A button."""
        return Choice(self.words(f"choice.{key}", **facts), payload)

    def title(self, card: TaskCard) -> Choice:
        """A task as one button in a list."""
        line = f"{card.title}·{self.at(card)}"
        return Choice(line, payloads.pack(payloads.OPEN, card.id))

    def at(self, card: TaskCard) -> str:
        """When it starts: 明天上午9点."""
        return self.moment(card.starts_at)

    def before_claim(self, card: TaskCard) -> Reply:
        """What may be known before a claim: no name, no door."""
        lines = [card.title, self._when(card), self._where(card), *self._notes(card)]
        if card.lacks:
            lines.append(say_lack(card.lacks, card.lacks_what, self.desk.texts, self.language))
        elif card.why:
            lines.append(explain(card.why, self.desk.texts, self.language))
        claim = self.about("claim", payloads.CLAIM, card.id)
        may = card.lacks is None and card.status == TaskStatus.OPEN
        back = self.choice("tasks", payloads.TASKS)
        return Reply(_lines(lines), (claim, back) if may else (back,))

    def own(self, own: ClaimedTask) -> Reply:
        """One's own task: whom it is for, where the door is, who goes along, what comes next."""
        card = own.card
        lines = [card.title, self._when(card), *self._door(own), *self._notes(card)]
        lines += [self._partner(each) for each in own.partners]
        lines.append(self._standing(own))
        return Reply(_lines(lines), tuple(self._steps(own)))

    def menu(self, *, volunteer: bool) -> tuple[Choice, ...]:
        """What can always be done here."""
        entries = MENU if volunteer else (("register", payloads.REGISTER), MENU[-1])
        return tuple(self.choice(key, payload) for key, payload in entries)

    def about(self, key: str, verb: str, card_id: UUID, extra: object = "") -> Choice:
        """A button about a task."""
        return self.choice(key, payloads.pack(verb, card_id, extra))

    def _door(self, own: ClaimedTask) -> list[str]:
        if own.name is None and own.address is None:
            return [self._where(own.card)]
        known = " ".join(part for part in (own.name, own.address) if part)
        lines = [self.words("card.door", door=known)]
        if own.note:
            lines.append(self.words("card.heed", note=own.note))
        return [*lines, self.words("card.private")]

    def _partner(self, each: Partner) -> str:
        """Whoever goes along: a surname, what they are good at, and how far they are."""
        name = self.desk.texts.say("claim.called", self.language, surname=each.surname)
        skills = self.listed(each.skills)
        line = self.words("card.partner_can" if skills else "card.partner", name=name, what=skills)
        if each.is_there:
            return line + self.words("card.partner_there")
        if each.late_until_at:
            return line + self.words("card.partner_late", at=self.moment(each.late_until_at))
        return line

    def _standing(self, own: ClaimedTask) -> str:
        state = _state(own)
        if state == ClaimStatus.CLAIMED and own.late_until_at:
            return self.words("state.late", at=self.moment(own.late_until_at))
        if state == ClaimStatus.CLAIMED and own.confirmed_at:
            return self.words("state.confirmed")
        if state == ClaimStatus.CHECKED_IN and not own.may_begin:
            return self.words("state.alone")
        if state == ClaimStatus.COMPLETED and own.hours_approved_at:
            return self.words("state.approved", minutes=own.minutes or 0)
        return self.words(f"state.{state}", minutes=own.minutes or 0)

    def _steps(self, own: ClaimedTask) -> list[Choice]:
        steps = _STEPS.get(_state(own), ())
        if own.confirmed_at:
            steps = tuple(each for each in steps if each[0] != payloads.GO)
        return [self.about(key, verb, own.card.id) for verb, key in steps]

    def listed(self, names: Sequence[str]) -> str:
        """陪诊、理发."""
        return ("、" if self.language == "zh" else ", ").join(names)

    def moment(self, at: datetime) -> str:
        """今天下午3点半."""
        return say_instant(at, now=self.now, language=self.language)

    def _when(self, card: TaskCard) -> str:
        return self.words("card.when", at=self.at(card), length=self._length(card.minutes))

    def _where(self, card: TaskCard) -> str:
        community = self.desk.street.communities.get(card.community or "")
        if community is None or community.name in card.rough_place:
            return self.words("card.where", place=card.rough_place)
        return self.words("card.where", place=f"{community.name} {card.rough_place}")

    def _notes(self, card: TaskCard) -> list[str]:
        lines = []
        if card.to_do:
            lines.append(self.words("card.to_do", what="；".join(card.to_do)))
        if card.not_to_do:
            lines.append(self.words("card.not_to_do", what="；".join(card.not_to_do)))
        if card.skill:
            lines.append(self.words("card.skill", skill=card.skill))
        if card.in_home:
            lines.append(self.words("card.in_home"))
        if card.accompanied or card.places == _PAIR:
            lines.append(self.words("card.accompanied" if card.accompanied else "card.pair"))
        return lines

    def _length(self, minutes: int) -> str:
        if minutes < _AN_HOUR:
            return self.words("card.minutes", count=minutes)
        hours, half = divmod(round(minutes / (_AN_HOUR / 2)), 2)
        return self.words("card.hours", count=f"{hours}.5" if half else hours)


def _state(own: ClaimedTask) -> str:
    held = own.claim_status in (ClaimStatus.CLAIMED, ClaimStatus.CHECKED_IN)
    called_off = own.card.status == TaskStatus.CANCELLED
    return "cancelled" if held and called_off else own.claim_status


def _lines(lines: Sequence[str]) -> str:
    return "\n".join(line for line in lines if line)
