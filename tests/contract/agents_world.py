"""What the document of AI agents speaks of: a client's AI agent with customers and callbacks, and others' beside it."""

from dataclasses import dataclass
from datetime import UTC, datetime, time

from accounts.models import Role, User
from agents.models import AIAgent, Callback, Customer
from tests.agents.factories import AIAgentFactory, CallbackFactory, CallFactory, CustomerFactory
from tests.conftest import PASSWORD, Company


@dataclass(frozen=True)
class World:
    """`sarah` is the client's, and the role agent's to look after; `trained` and `untrained` are nobody's.

    `theirs` is of another client of the organization, with the customer `mary` and the callback `hers`. It is noon.
    """

    sarah: AIAgent
    trained: AIAgent
    untrained: AIAgent
    john: Customer
    johanna: Customer
    late: Callback
    coming: Callback
    done: Callback
    theirs: AIAgent
    mary: Customer
    hers: Callback

    def path(self, documented: str, *, slash: bool = True, foreign: bool = False) -> str:
        """A documented path with the ids in it, those of the other client's if told; with or without its slash."""
        ids = (self.theirs, self.mary, self.hers) if foreign else (self.sarah, self.john, self.coming)
        names = dict(zip(("agent", "customer", "callback"), (str(one.pk) for one in ids), strict=True))
        path, question, query = documented.format(**names).partition("?")
        return (path if slash else path.removesuffix("/")) + question + query


def make_world(ours: Company) -> World:
    """All of it, in the organization in scope."""
    admin = ours.admin
    sarah = AIAgentFactory(
        name="Sarah",
        owner=ours.client,
        assigned_to=ours.agent,
        created_by=admin,
        working_hours_start=time(9),
        working_hours_end=time(18),
        business_info={"company_name": "TechSolutions Inc", "product_description": "Cloud software for businesses"},
    )
    john = CustomerFactory(agent=sarah, phone_number="+1234567890", name="John Doe", interest_level="hot")
    johanna = CustomerFactory(agent=sarah, name="Johanna Weber", interest_level="warm")
    CallFactory(customer=john, started_at=datetime(2025, 9, 29, 10, tzinfo=UTC))
    neighbour = User.unscoped.create_user(
        "neighbour@demo.test", PASSWORD, organization=ours.organization, role=Role.CLIENT
    )
    theirs = AIAgentFactory(name="Max", owner=neighbour)
    mary = CustomerFactory(agent=theirs, name="Mary Johnson", interest_level="hot")
    return World(
        sarah=sarah,
        trained=AIAgentFactory(status="training", training_level=51),
        untrained=AIAgentFactory(status="training", training_level=50),
        john=john,
        johanna=johanna,
        late=CallbackFactory(customer=john, scheduled_datetime=datetime(2025, 10, 1, 10, tzinfo=UTC)),
        coming=CallbackFactory(customer=john, scheduled_datetime=datetime(2025, 10, 2, 10, tzinfo=UTC)),
        done=CallbackFactory(
            customer=johanna,
            scheduled_datetime=datetime(2025, 9, 30, 10, tzinfo=UTC),
            status="completed",
            completed_at=datetime(2025, 9, 30, 10, 5, tzinfo=UTC),
        ),
        theirs=theirs,
        mary=mary,
        hers=CallbackFactory(customer=mary, scheduled_datetime=datetime(2025, 10, 1, 9, tzinfo=UTC)),
    )
