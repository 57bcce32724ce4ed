"""The one exception a user sees."""

__all__ = ["UniTrackError"]


class UniTrackError(Exception):
    """A fault that a person can mend: where it is, what it is, how to mend it.

    The command line prints it in two lines without a traceback and exits with code 2.

    Args:
        where: The file, option or name at fault.
        what: What is wrong with it, one clause.
        mend: What to type or change; one line.
    """

    def __init__(self, where: object, what: str, mend: str) -> None:
        super().__init__(str(where), what, mend)
        self.where = str(where)
        self.what = what
        self.mend = mend

    def __str__(self) -> str:
        return f"{self.where}: {self.what}\n  {self.mend}"
