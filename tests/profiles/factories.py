"""Browser profiles and their records for the tests, all in the organization in scope."""

import factory

from profiles.models import BrowserProfile, LoggedOutProfile


class BrowserProfileFactory(factory.django.DjangoModelFactory):
    """A profile of an agent, looked up if it is there."""

    class Meta:
        model = BrowserProfile
        django_get_or_create = ("agent_name", "profile_name")

    agent_name = "Agent_001"
    profile_name = factory.Sequence(lambda number: f"profile_gmail_{number}")


class LoggedOutProfileFactory(factory.django.DjangoModelFactory):
    """A record; `profile__agent_name=…, profile__profile_name=…` name its profile, `timestamp=…` moves it."""

    class Meta:
        model = LoggedOutProfile

    profile = factory.SubFactory(BrowserProfileFactory)
