"""The root of every error that a rule of ours raises."""


class FrontDoorError(Exception):
    """
    Something that a rule forbids or that cannot be done.

    Subclasses say what went wrong in domain words and carry the facts as
    attributes. They know nothing of HTTP or Telegram: each door translates
    them once, in one table.
    """


class SettingsError(FrontDoorError):
    """A setting is unknown, of the wrong type, weak or unusable."""

    def __init__(self, setting: str, what: str, remedy: str) -> None:
        super().__init__(f"{setting}: {what}. {remedy}")
        self.setting = setting
        self.what = what
        self.remedy = remedy


class DatabaseUnavailable(FrontDoorError):
    """The database cannot be reached or written to just now."""


class TextNotStorable(FrontDoorError):
    """A text holds characters that no column can keep, such as NUL: nobody typed that by hand."""


class NotFound(FrontDoorError):
    """The thing asked for does not exist, or may not be seen: both look the same."""

    def __init__(self, kind: str, reference: object) -> None:
        super().__init__(f"no {kind} {reference}")
        self.kind = kind
        self.reference = reference


class NotPermitted(FrontDoorError):
    """This person may not do that."""

    def __init__(self, permission: str) -> None:
        super().__init__(f"needs the permission {permission}")
        self.permission = permission


class InvalidInput(FrontDoorError):
    """A field cannot be taken as it is; `text` is the key of the sentence to show."""

    def __init__(self, field: str, text: str, **facts: object) -> None:
        super().__init__(f"{field}: {text}")
        self.field = field
        self.text = text
        self.facts = facts
