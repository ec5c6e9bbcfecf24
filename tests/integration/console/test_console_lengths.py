"""Words that are longer than a form lets one type: said so, and every one of them kept."""

import pytest

from tests.integration.console.pages import SHEET, begin
from tests.integration.office import a_ticket, read_ticket

LONG = "长" * 4001
SENTENCE = "写得太长了：最多 4000 个字，现在 4001 个"


@pytest.mark.parametrize("kind", ["reply", "note"])
async def test_a_long_reply_or_note_is_refused_with_a_sentence_and_its_words(
    database, office, operator, now, kind
):
    number = await a_ticket(database, office, now)
    before = (await read_ticket(database, number)).revision
    answer = await operator.act(number, "write", kind=kind, words=LONG)
    assert answer.status_code == 422
    assert SENTENCE in answer.text
    assert f"{LONG}</textarea>" in answer.text
    assert (await read_ticket(database, number)).revision == before


async def test_line_breaks_count_once_as_the_box_on_the_page_counts_them(
    database, office, operator, now
):
    number = await a_ticket(database, office, now)
    words = "\r\n".join(["长" * 1999, "长" * 2000])
    assert (await operator.act(number, "write", kind="note", words=words)).status_code == 303


async def test_the_form_says_the_same_limit_as_the_server(database, office, operator, now):
    number = await a_ticket(database, office, now)
    page = await operator.get(f"/console/tickets/{number}")
    assert 'name="words" rows="4" maxlength="4000"' in page.text
    title = page.text.split('id="publish-task-title"')[1].split(">")[0]
    assert 'maxlength="80"' in title


async def test_a_long_field_of_a_dialog_comes_back_open(database, office, operator, now):
    number = await a_ticket(database, office, now)
    answer = await operator.act(number, "answer", words=LONG)
    assert answer.status_code == 422
    dialog = answer.text.split('<dialog id="answer"')[1].split("</dialog>")[0]
    assert SENTENCE in dialog
    assert LONG in dialog


async def test_a_long_call_is_not_lost_by_ending_it(operator):
    number = await begin(operator)
    form = SHEET | {"words": LONG, "end": "register"}
    answer = await operator.send(f"/console/calls/{number}", **form)
    assert answer.status_code == 422
    assert SENTENCE in answer.text
    assert LONG in answer.text


async def test_a_task_with_a_title_too_long_for_its_list_is_refused_in_words(
    database, office, operator, now
):
    number = await a_ticket(database, office, now)
    answer = await operator.act(number, "publish", kind="送餐", title="长" * 81, to_do="送饭")
    assert answer.status_code == 422
    assert "最多 80 个字，现在 81 个" in answer.text
