"""Every table of ours in one place, for migrations and tests."""

from sqlalchemy import MetaData

import bot.telegram_transport.models
import conversations.models
import core.files
import editorial.article_models
import editorial.models
import notifications.models
import people.models
import people.volunteer_models
import tickets.claim_models
import tickets.models
import tickets.report_models
from core.database import Base

PACKAGES = (
    bot.telegram_transport.models,
    conversations.models,
    core.files,
    editorial.article_models,
    editorial.models,
    notifications.models,
    people.models,
    people.volunteer_models,
    tickets.claim_models,
    tickets.models,
    tickets.report_models,
)
"""The modules whose tables register themselves when they are imported."""


def all_tables() -> MetaData:
    """The schema as the models describe it."""
    return Base.metadata
