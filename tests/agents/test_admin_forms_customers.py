"""Writing customers down in the Django admin."""

from datetime import timedelta

import pytest

from agents.models import AIAgent, Callback, Customer
from tests.agents.admin_pages import changed, errors_of, path_of, sent_by
from tests.agents.factories import BOOKED_FOR, AIAgentFactory, CallbackFactory, CustomerFactory
from tests.stored import audited

pytestmark = pytest.mark.django_db


def test_a_customer_is_written_down_with_his_number_as_it_is_kept(staff, sarah):
    path = path_of(Customer, "add")
    form = sent_by(
        staff.get(path), agent=str(sarah.pk), phone_number="+33 (0)6 39 98 00 01", interest_level="converted"
    )
    assert staff.post(path, form).status_code == 302
    customer = Customer.objects.get()
    assert (customer.phone_number, customer.agent, customer.interest_level) == ("+33639980001", sarah, "converted")
    assert customer.converted_at is not None
    changed(sarah, conversions=1)


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"phone_number": "0639980001"}, "phone_number", "Must begin with + and the country code"),
        ({"phone_number": "+33 6 39 98 00 02"}, "__all__", "This agent has a customer with this phone number already."),
        ({"preferences": "3"}, "preferences", "Must be an object."),
        ({"notes": "x" * 20_001}, "notes", "Ensure this value has at most 20000 characters"),
        ({"email": "zoe"}, "email", "Enter a valid email address."),
    ],
    ids=["no country", "known", "no object", "too long", "no address"],
)
def test_what_is_wrong_with_a_customer_is_told(staff, sarah, said, field, words):
    known = CustomerFactory(agent=sarah, phone_number="+33639980002")
    path = path_of(Customer, "add")
    form = sent_by(staff.get(path), agent=str(sarah.pk), phone_number="+33639980001") | said
    errors = errors_of(staff.post(path, form))
    assert list(errors) == [field]
    assert words in errors[field][0]
    assert Customer.objects.get() == known


def test_an_edit_of_a_customer_follows_the_rules_of_the_api(staff, sarah):
    customer = CustomerFactory(agent=sarah, next_followup=BOOKED_FOR)
    callback = CallbackFactory(customer=customer)
    path = path_of(Customer, customer.pk, "change")
    assert staff.post(path, sent_by(staff.get(path), do_not_call="on", interest_level="hot")).status_code == 302
    changed(customer, do_not_call=True, interest_level="hot", next_followup=None, agent=sarah)
    changed(callback, status="cancelled")


def test_what_others_change_while_somebody_fills_in_a_form_stays(staff, sarah):
    callback = CallbackFactory(customer__agent=sarah)
    customer = callback.customer
    of_customer, of_callback = (path_of(type(row), row.pk, "change") for row in (customer, callback))
    notes = sent_by(staff.get(of_customer), notes="Likes tea")
    urgent = sent_by(staff.get(of_callback), priority_level="5")
    Customer.objects.filter(pk=customer.pk).update(interest_level="hot", do_not_call=True, name="Ada")
    later = {
        "scheduled_datetime": BOOKED_FOR + timedelta(days=1),
        "ends_at": BOOKED_FOR + timedelta(days=1, minutes=15),
    }
    Callback.objects.filter(pk=callback.pk).update(notes="Called twice", **later)
    assert [staff.post(of_customer, notes).status_code, staff.post(of_callback, urgent).status_code] == [302, 302]
    changed(customer, interest_level="hot", do_not_call=True, name="Ada", notes="Likes tea")
    changed(callback, notes="Called twice", priority_level=5, **later)
    assert [sorted(entry["changes"]) for entry in audited()] == [["notes"], ["priority_level"]]


def test_a_customer_stays_with_his_agent(staff, sarah):
    customer, other = CustomerFactory(agent=sarah), AIAgentFactory()
    path = path_of(Customer, customer.pk, "change")
    assert staff.post(path, sent_by(staff.get(path), agent=str(other.pk), name="Zoë")).status_code == 302
    changed(customer, agent=sarah, name="Zoë")


def test_a_customer_is_deleted_and_his_agent_counts_anew(staff, sarah):
    customer = CustomerFactory(agent=sarah, interest_level="converted", converted_at=BOOKED_FOR)
    AIAgent.objects.update(conversions=1)
    assert staff.post(path_of(Customer, customer.pk, "delete"), {"post": "yes"}).status_code == 302
    assert not Customer.objects.exists()
    changed(sarah, conversions=0)
