"""Reports that the law demands, on the ticket's page and in the queue."""

import re

from tests.integration.console.pages import numbers_in
from tests.integration.office import a_ticket

CHILD = {"matter": "child_women/child_protection", "urgency": "P1"}


async def test_an_owed_report_stands_on_the_page_and_in_a_list_until_it_is_made(
    database, office, operator, now
):
    number = await a_ticket(database, office, now, **CHILD)
    assert numbers_in(await operator.get("/console?view=reports")) == [number]
    page = (await operator.get(f"/console/tickets/{number}")).text
    assert "疑似未成年人受侵害，法律要求马上报告" in page
    assert "撤销这项报告" not in page
    duty = re.search(r'name="duty_id" value="([^"]+)"', page)
    assert duty
    form = {"duty_id": duty[1], "to": "police"}
    refused = await operator.act(number, "report", **form, words="")
    assert refused.status_code == 422
    assert "请写对方是谁" in refused.text
    made = await operator.act(number, "report", **form, words="派出所，回执 118")
    assert made.status_code == 303
    page = (await operator.get(f"/console/tickets/{number}")).text
    assert "法律要求马上报告" not in page
    assert "已经报告" in page
    assert numbers_in(await operator.get("/console?view=reports")) == []


async def test_the_supervisor_finds_a_way_to_lift_it(house, database, office, now):
    number = await a_ticket(database, office, now, **CHILD)
    supervisor = await house.sign_in(office.supervisor)
    page = (await supervisor.get(f"/console/tickets/{number}")).text
    assert "撤销这项报告" in page
    duty = re.search(r'name="duty_id" value="([^"]+)"', page)
    assert duty
    lifted = await supervisor.act(number, "lift-report", duty_id=duty[1], words="问清了，是演戏")
    assert lifted.status_code == 303
    assert "问清了，是演戏" in (await supervisor.get(f"/console/tickets/{number}")).text
