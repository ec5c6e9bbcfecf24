"""A volunteer about themselves in the chat: profile, rest, hours, certificate, messages, language."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from core.clock import CHINA
from core.dates import say_day, today_in_china
from core.messages import Choice
from core.texts import LANGUAGES
from handlers.turn import Outcome
from handlers.volunteers.ask_certificate import ask_certificate
from handlers.volunteers.chat import applying, payloads, picking
from handlers.volunteers.chat.talk import Talk
from handlers.volunteers.standing import Standing, read_standing
from people.profiles import Proof, Vetting
from people.registration import end_pause, pause
from people.volunteer_chats import unlink_chat
from people.volunteer_notices import list_notices, mark_seen
from tickets.certificates import Asked, list_certificates
from tickets.hours import list_visits_of, sum_approved_minutes
from tickets.suitability import LackReason

_RESTS = (7, 30, 0)
"""Days to rest; 0: until the volunteer says so."""
_SHOWN = 5
_AN_HOUR = 60
_BEFORE_ALL = date(2000, 1, 1)


async def show_profile(talk: Talk) -> Outcome:
    """Where the street stands with this volunteer, what is known, what may be changed."""
    words = talk.wording
    standing = await read_standing(talk.session, by=talk.member, now=talk.turn.now)
    resting = ("resume", payloads.RESUME) if standing.paused else ("pause", payloads.PAUSE)
    entries = (
        ("edit", payloads.EDIT),
        resting,
        ("hours", payloads.HOURS),
        ("notices", payloads.NOTICES),
        ("language", payloads.LANGUAGE),
        ("unlink", payloads.UNLINK),
    )
    buttons = [words.choice(key, payload) for key, payload in entries]
    reply = words.say("me.card", *buttons, name=talk.member.name)
    return talk.answer(replace(reply, text="\n".join((reply.text, *_known(talk, standing)))))


async def change(talk: Talk) -> Outcome:
    """Which of the things that can be changed; then the question itself."""
    if talk.press.extra:
        return await applying.edit(talk)
    words = talk.wording
    fields = [
        words.choice(f"edit_{field}", payloads.say(payloads.EDIT, field))
        for field in picking.FIELDS
    ]
    return talk.answer(words.say("me.edit", *fields, words.choice("me", payloads.ME)))


async def rest(talk: Talk) -> Outcome:
    """So long, or until further notice; no reason is asked."""
    words, days = talk.wording, talk.press.extra
    if days not in map(str, _RESTS):
        choices = [
            words.choice(f"rest_{each}", payloads.say(payloads.PAUSE, each)) for each in _RESTS
        ]
        return talk.answer(words.say("me.rest", *choices))
    until = _midnight(talk.turn.now, int(days)) if days != "0" else None
    await pause(talk.session, talk.member.id, from_at=talk.turn.now, until_at=until)
    again = words.choice("resume", payloads.RESUME)
    if until is None:
        return talk.answer(words.say("me.resting", again), topics=("tasks",))
    day = say_day(until, now=talk.turn.now) if words.language == "zh" else words.moment(until)
    return talk.answer(words.say("me.resting_until", again, day=day), topics=("tasks",))


async def resume(talk: Talk) -> Outcome:
    """Back again."""
    await end_pause(talk.session, talk.member.id)
    tasks = talk.wording.choice("tasks", payloads.TASKS)
    return talk.answer(talk.wording.say("me.resumed", tasks), topics=("tasks",))


async def show_hours(talk: Talk) -> Outcome:
    """The latest visits with their minutes, what counts, and what can be done about it."""
    words = talk.wording
    visits = await list_visits_of(talk.session, talk.member.id)
    if not visits:
        return talk.answer(words.say("hours.none", words.choice("tasks", payloads.TASKS)))
    approved = await sum_approved_minutes(talk.session, talk.member.id)
    hours, minutes = divmod(approved, _AN_HOUR)
    lines = [words.words("hours.total", count=len(visits), hours=hours, minutes=minutes)]
    for each in visits[:_SHOWN]:
        key = "hours.counts" if each.approved_at else "hours.waits"
        at = words.moment(each.completed_at)
        lines.append(words.words(key, at=at, what=each.title, minutes=each.minutes))
    papers = await list_certificates(
        talk.session, talk.desk.vault, volunteer_id=talk.member.id, limit=3
    )
    lines += [_paper(talk, each) for each in papers]
    buttons = [words.about("wrong", payloads.MINUTES, each.task_id) for each in visits[:1]]
    if approved:
        buttons.append(words.choice("paper", payloads.PAPER))
    return talk.answer(replace(words.say("hours.list", *buttons), text="\n".join(lines)))


async def ask_paper(talk: Talk) -> Outcome:
    """For which days; then the street has the wish."""
    words, today = talk.wording, today_in_china(talk.turn.now)
    spans = {
        "this_year": (today.replace(month=1, day=1), today),
        "last_year": (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
        "all": (_BEFORE_ALL, today),
    }
    span = spans.get(talk.press.extra)
    if span is None:
        choices = [words.choice(each, payloads.say(payloads.PAPER, each)) for each in spans]
        return talk.answer(words.say("hours.which", *choices))
    await ask_certificate(
        talk.session, from_day=span[0], to_day=span[1], by=talk.member, now=talk.turn.now
    )
    return talk.answer(words.say("hours.asked", *talk.menu()), topics=("console",))


async def show_notices(talk: Talk) -> Outcome:
    """What was told lately, the latest first; now it is seen."""
    words = talk.wording
    found = await list_notices(talk.session, talk.desk.vault, talk.member.id, limit=_SHOWN)
    await mark_seen(talk.session, talk.member.id, now=talk.turn.now)
    if not found:
        return talk.answer(words.say("notices.none", *talk.menu()))
    lines = [
        words.words("notices.line", at=words.moment(each.told_at), words=each.words)
        for each in found
    ]
    return talk.answer(replace(words.say("notices.list", *talk.menu()), text="\n".join(lines)))


async def choose_language(talk: Talk) -> Outcome:
    """Each language under its own name."""
    say = talk.desk.texts.say
    choices = [
        Choice(say("chat.language.name", each), payloads.say(payloads.SPEAK, each))
        for each in LANGUAGES
    ]
    return talk.stay(talk.wording.say("language_ask", *choices))


async def speak(talk: Talk) -> Outcome:
    """From now on in that language."""
    language = talk.press.extra
    if language not in LANGUAGES:
        return talk.gone()
    wording = replace(talk.wording, language=language)
    menu = wording.menu(volunteer=talk.by is not None)
    return replace(talk.stay(wording.say("language_changed", *menu)), language=language)


async def unlink(talk: Talk) -> Outcome:
    """Part this chat from the volunteer, after a question: nothing more is told here then."""
    words = talk.wording
    if talk.press.extra != "yes":
        sure = words.choice("unlink_yes", payloads.say(payloads.UNLINK, "yes"))
        return talk.answer(words.say("me.unlink", sure, words.choice("keep", payloads.ME)))
    await unlink_chat(talk.session, talk.turn.standing.address, now=talk.turn.now)
    talk.by = None
    return talk.answer(words.say("me.unlinked", *talk.menu()), answers={})


def _known(talk: Talk, standing: Standing) -> list[str]:
    """The profile line by line; what was never said is left out."""
    words, profile = talk.wording, standing.profile
    say = talk.desk.texts.say
    lines = [say(f"volunteer.me.status.{profile.status}", words.language)]
    if standing.paused:
        lines.append(words.words("me.paused"))
    picked = {
        picking.SKILLS: profile.skills,
        picking.PLACES: profile.communities,
        picking.TIMES: profile.times,
        picking.LANGUAGES_SPOKEN: profile.languages,
    }
    for field, chosen in picked.items():
        what = picking.say_chosen(words, field, chosen) or words.words(f"me.any_{field}")
        lines.append(words.words(f"me.{field}", what=what))
    lines += [_proof(talk, each) for each in profile.proofs]
    if profile.status is Vetting.VETTED and not profile.home_visits:
        lines.append(say(f"volunteer.lacks.{LackReason.HOME_VETTING}", words.language))
    if standing.unseen:
        lines.append(words.words("me.unseen", count=standing.unseen))
    return lines


def _proof(talk: Talk, proof: Proof) -> str:
    """A training or the insurance, and until when it counts."""
    name = talk.desk.texts.say(f"volunteer.proof.{proof.kind}", talk.turn.language)
    until = proof.valid_until
    today = today_in_china(talk.turn.now)
    if until is None:
        return talk.wording.words("me.proof", name=name)
    key = "me.proof_until" if today <= until else "me.proof_over"
    return talk.wording.words(key, name=name, day=until.isoformat())


def _paper(talk: Talk, asked: Asked) -> str:
    """How far a certificate is."""
    return talk.wording.words(
        f"hours.paper.{asked.status}", number=asked.number or "", reason=asked.reason
    )


def _midnight(now: datetime, days: int) -> datetime:
    """The beginning of the civil day so many days on."""
    return datetime.combine(today_in_china(now) + timedelta(days=days), time(), tzinfo=CHINA)
