"""Importing archives: each format as people have it, once, and with a reason for each line that is no message."""

import gzip
import json
import zipfile
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core import outbox
from messaging.documents import MESSAGES
from messaging.models import Contact, Conversation
from tests.messaging.chat_lines import QUESTIONS, TURNS, needs_chat
from tests.stored import audited

IOS = """\
\ufeff[27/01/2026, 10:30:00] Ada: \u200eMessages and calls are end-to-end encrypted.
[27/01/2026, 10:30:05] Ada: I need help with my order:
two lines

and a gap
\u200e[27/01/2026, 10:31:00] Bob: \u200eimage omitted
[27/01/2026, 10:31:30] Bob: \u200e<attached: 00000004-PHOTO-2026-01-27.jpg>
[27/01/2026, 10:32:00] Bob: ok
[27/01/2026, 10:32:00] Bob: ok
"""
ANDROID = """\
1/27/26, 9:05\u202fPM - Messages and calls are end-to-end encrypted. Tap to learn more.
1/27/26, 9:05\u202fPM - +33 6 12 34 56 78: Bonjour \U0001f44b
1/27/26, 9:06\u202fPM - Ada: <Media omitted>
1/27/26, 9:07\u202fPM - Ada: INVOICE.pdf (file attached)
see page 2
1/28/26, 12:00\u202fAM - +33 6 12 34 56 78: midnight
"""


@pytest.fixture
def ready(ours, messages, in_scope):
    """Our organization, without a message."""


def run(*arguments):
    out = StringIO()
    call_command("import_messages", *map(str, arguments), "--organization", "demo", stdout=out)
    return out.getvalue()


def number(told, label):
    line = next(line for line in told.splitlines() if line.startswith(label))
    return int(line.removeprefix(label).split()[0].replace(",", ""))


def stored():
    return list(MESSAGES.here().find().sort([("created_at", 1), ("content", 1)]))


def told_of(*names):
    return [tuple(message[name] for name in names) for message in stored()]


def test_an_iphones_export_is_a_conversation(ready, tmp_path):
    path = tmp_path / "WhatsApp Chat - Ada.txt"
    path.write_text(IOS, encoding="utf-8")
    told = run(path)
    assert told_of("sender_id", "receiver_id", "type", "content") == [
        ("Ada", "Bob", "text", "I need help with my order:\ntwo lines\n\nand a gap"),
        ("Bob", "Ada", "image", "image omitted"),
        ("Bob", "Ada", "image", "00000004-PHOTO-2026-01-27.jpg"),
        ("Bob", "Ada", "text", "ok"),
        ("Bob", "Ada", "text", "ok"),
    ]
    assert stored()[0]["created_at"] == datetime(2026, 1, 27, 10, 30, 5, tzinfo=UTC)
    assert number(told, "New messages") == 5
    assert number(told, "Skipped: a notice of WhatsApp's own") == 1
    conversation = Conversation.objects.get()
    assert {message["conversation_id"] for message in stored()} == {conversation.conversation_id}
    assert conversation.contact.name == "Ada"
    assert conversation.opened_at == datetime(2026, 1, 27, 10, 30, 5, tzinfo=UTC)
    assert conversation.last_message_at == datetime(2026, 1, 27, 10, 32, tzinfo=UTC)
    assert [(entry["action"], entry["resource_type"]) for entry in audited()] == [
        ("create", "contact"),
        ("create", "conversation"),
    ]


def test_an_androids_export_in_american_dates_knows_its_contact_by_the_number(ready, tmp_path):
    path = tmp_path / "WhatsApp Chat with +33 6 12 34 56 78.txt"
    path.write_text(ANDROID, encoding="utf-8")
    run(path)
    assert told_of("created_at", "type", "content") == [
        (datetime(2026, 1, 27, 21, 5, tzinfo=UTC), "text", "Bonjour \U0001f44b"),
        (datetime(2026, 1, 27, 21, 6, tzinfo=UTC), "unsupported", "<Media omitted>"),
        (datetime(2026, 1, 27, 21, 7, tzinfo=UTC), "document", "INVOICE.pdf\nsee page 2"),
        (datetime(2026, 1, 28, 0, 0, tzinfo=UTC), "text", "midnight"),
    ]
    assert Conversation.objects.get().contact.wa_id == "33612345678"


def test_a_second_run_finds_nothing_new_and_a_longer_export_its_new_end(ready, tmp_path):
    path = tmp_path / "WhatsApp Chat - Ada.txt"
    path.write_text(IOS, encoding="utf-8")
    run(path)
    before = stored()
    told = run(path)
    assert (number(told, "New messages"), number(told, "Messages that were there")) == (0, 5)
    assert stored() == before
    # The older ones are gone from it, as WhatsApp does with long chats.
    path.write_text("".join(IOS.splitlines(keepends=True)[5:]) + "[28/01/2026, 08:00:00] Ada: later\n", "utf-8")
    assert number(run(path), "New messages") == 1
    assert [message["content"] for message in stored()][-1] == "later"
    assert len(stored()) == 6
    assert (Conversation.objects.count(), Contact.objects.count()) == (1, 1)


def test_a_zip_has_its_chat_read_without_being_unpacked(ready, tmp_path):
    path = tmp_path / "WhatsApp Chat - Ada.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("../../_chat.txt", IOS)
        zipped.writestr("00000004-PHOTO-2026-01-27.jpg", b"\xff\xd8")
    run(path)
    assert len(stored()) == 5
    assert sorted(one.name for one in tmp_path.iterdir()) == [path.name]
    plain = tmp_path / "WhatsApp Chat - Ada.txt"
    plain.write_text(IOS, encoding="utf-8")
    assert number(run(plain), "New messages") == 0


@pytest.mark.parametrize("kind", ["zip", "gzip"])
def test_a_bomb_is_given_up(ready, tmp_path, kind):
    filling = (b"[27/01/2026, 10:30:00] Ada: " + b"a" * 1_000 + b"\n") * 50_000
    path = tmp_path / "bomb"
    if kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
            zipped.writestr("_chat.txt", filling)
    else:
        path.write_bytes(gzip.compress(filling))
    with pytest.raises(CommandError, match="unpacks to more than it can be"):
        run(path)
    assert stored() == []


def test_dates_that_do_not_tell_need_an_order(ready, tmp_path):
    path = tmp_path / "chat.txt"
    path.write_text("[01/02/2026, 10:30:00] Ada: hello\n", encoding="utf-8")
    with pytest.raises(CommandError, match="--date-order"):
        run(path)
    assert stored() == []
    run(path, "--date-order", "dmy", "--timezone", "Europe/Paris")
    assert told_of("created_at") == [(datetime(2026, 2, 1, 9, 30, tzinfo=UTC),)]


def test_dates_that_only_one_order_keeps_in_time_tell_it(ready, tmp_path):
    path = tmp_path / "chat.txt"
    path.write_text("01.02.26, 10:30 - Ada: one\n02.02.26, 10:30 - Ada: two\n01.03.26, 10:30 - Ada: three\n", "utf-8")
    run(path)
    assert told_of("created_at", "content")[-1] == (datetime(2026, 3, 1, 10, 30, tzinfo=UTC), "three")


def test_our_own_items_are_taken_in_as_they_were(ready, tmp_path):
    item = {
        "id": "507f1f77bcf86cd799439011",
        "conversation_id": "880e8400-e29b-41d4-a716-446655440003",
        "sender_id": "ada",
        "receiver_id": "bob",
        "content": "Hello",
        "type": "image",
        "status": "delivered",
        "media_url": "https://example.test/a.jpg",
        "created_at": "2026-01-27T10:30:00.000000+00:00",
    }
    lines = [json.dumps(item), "{", json.dumps({**item, "type": "smoke"}), json.dumps({**item, "created_at": "soon"})]
    path = tmp_path / "messages.ndjson.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    told = run(path)
    (message,) = stored()
    assert {name: str(message[name]) for name in ("conversation_id", "sender_id", "type", "status", "media_url")} == {
        name: item[name] for name in ("conversation_id", "sender_id", "type", "status", "media_url")
    }
    assert message["created_at"] == datetime(2026, 1, 27, 10, 30, tzinfo=UTC)
    assert [line.split("  ")[0] for line in told.splitlines() if line.startswith("Skipped")] == [
        "Skipped: not JSON",
        "Skipped: a field is missing or wrong",
        "Skipped: its time cannot be read",
    ]


def test_a_table_with_columns_of_its_own(ready, tmp_path):
    path = tmp_path / "table.csv"
    path.write_text('chat,body,from,at\na,"one, two",ada,2026-01-27T10:30:00\na,,ada,\nb,three\n', encoding="utf-8")
    columns = ["--conversation-column", "chat", "--text-column", "body", "--sender-column", "from"]
    told = run(path, *columns, "--time-column", "at")
    assert told_of("sender_id", "content", "created_at") == [
        ("ada", "one, two", datetime(2026, 1, 27, 10, 30, tzinfo=UTC))
    ]
    assert "table.csv, line 3" in next(line for line in told.splitlines() if "without a text" in line)
    assert "table.csv, line 4" in next(line for line in told.splitlines() if "more or fewer fields" in line)


def test_a_dry_run_takes_nothing_in(ready, tmp_path):
    path = tmp_path / "WhatsApp Chat - Ada.txt"
    path.write_text(IOS, encoding="utf-8")
    assert number(run(path, "--dry-run"), "Messages that would be new") == 5
    outbox.relay_all()
    assert (stored(), Conversation.objects.count(), Contact.objects.count()) == ([], 0, 0)


def test_what_is_no_archive_is_told_and_does_not_stop_the_others(ready, tmp_path):
    broken, good = tmp_path / "broken.txt", tmp_path / "WhatsApp Chat - Ada.txt"
    broken.write_bytes(b"\xff\xfe\x00")
    good.write_text(IOS, encoding="utf-8")
    with pytest.raises(CommandError, match=r"broken\.txt: it is not UTF-8"):
        run(broken, good)
    assert len(stored()) == 5


@needs_chat
@pytest.mark.timeout(300)
def test_questions_to_a_bank_are_imported_once(ready):
    told = run(QUESTIONS[1])
    assert number(told, "New messages") == MESSAGES.here().count()
    assert number(told, "New messages") > 3000
    assert number(run(QUESTIONS[1]), "New messages") == 0


@needs_chat
def test_ragged_turns_are_counted(ready):
    with gzip.open(TURNS, "rt", encoding="utf-8") as turns:
        fields = [line.rstrip("\n").split("\t") for line in turns][1:]
    whole = [row for row in fields if len(row) == 5]
    told = run(TURNS, "--dry-run")
    assert number(told, "Messages that would be new") == len([row for row in whole if row[3].strip()])
    assert number(told, "Conversations that would open") == len({row[1] for row in whole if row[3].strip()})
    if len(whole) < len(fields):
        assert number(told, "Skipped: more or fewer fields than the header has") == len(fields) - len(whole)
