"""What a page shows of personal data before somebody opens it with a reason."""

import re

_NUMBER = re.compile(r"\d{7,}")


def mask_name(name: str | None) -> str:
    """The family name only: 周** for 周秀英."""
    return f"{name[0]}**" if name else ""


def mask_phone(phone: str | None) -> str:
    """The first three and the last four digits: 139****5521."""
    if not phone:
        return ""
    digits = re.sub(r"\D", "", phone.removeprefix("+86"))
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 10 else "****"


def mask_text(text: str) -> str:
    """A text with its long numbers (telephone, identity card) covered."""
    return _NUMBER.sub(lambda found: f"{found[0][:3]}****", text)
