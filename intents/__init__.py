"""Understanding a message: normalise, emergencies, classify, entities. Pure: no database, no network."""
