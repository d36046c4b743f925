"""What is wrong with a query."""

from core.errors import Invalid


class NotAQuery(Invalid):
    """It cannot be understood; the message says where, counting characters from 1."""

    code = "not_a_query"

    def __init__(self, problem: str) -> None:
        super().__init__(fields={"q": [problem]})
