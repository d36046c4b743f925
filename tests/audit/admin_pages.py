"""What the admin's pages of the log say."""

import lxml.html

LIST = "/admin/audit/entry/"
AWAY = "The audit log cannot be read"
OWN = "These are the entries of what you did yourself."
DOWN = "mongodb://127.0.0.1:1/?replicaSet=rs0"


def lines(answer) -> list[list[str]]:
    """What stands in each column of each line."""
    assert answer.status_code == 200, answer.content
    rows = lxml.html.fromstring(answer.content.decode()).xpath("//table[@id='result_list']/tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("./th|./td")] for row in rows]


def objects(answer) -> list[str]:
    """The ids of the listed entries' objects."""
    return [line[2].split()[1] for line in lines(answer)]


def links(answer) -> dict[str, str]:
    """Where the words of the page lead."""
    page = lxml.html.fromstring(answer.content.decode())
    return {" ".join(one.text_content().split()): one.get("href") for one in page.xpath("//div[@id='content-main']//a")}
