"""Cities, the properties sold in them, clients, what they were assigned, and the jobs that assign."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from core.tenancy import TenantModel, current_organization_id


class PropertyType(models.TextChoices):
    """What was sold; the DVF's *type local*, or land where nothing is built."""

    HOUSE = "house"
    APARTMENT = "apartment"
    LAND = "land"
    COMMERCIAL = "commercial"
    OTHER = "other"


class City(TenantModel):
    """A French commune (or an arrondissement of Paris, Lyon or Marseille, which DVF treats as one).

    `former_codes` are INSEE codes that stand for this commune in older files, since communes merge.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insee_code = models.CharField(max_length=5)
    former_codes = ArrayField(models.CharField(max_length=5), default=list, blank=True, editable=False)
    name = models.CharField(max_length=120)
    postal_code = models.CharField(max_length=5, blank=True)
    postal_codes = ArrayField(models.CharField(max_length=5), default=list, blank=True)
    department_code = models.CharField(max_length=3, blank=True)
    region_name = models.CharField(max_length=80, blank=True)
    population = models.PositiveIntegerField(null=True, blank=True)
    refreshed_at = models.DateTimeField(null=True, blank=True, help_text="When the commune's data was last confirmed.")

    class Meta(TenantModel.Meta):
        abstract = False
        verbose_name_plural = "cities"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "organization",
                "insee_code",
                name="city_unique_insee_code",
                violation_error_message="There is a city with this INSEE code already.",
            ),
            # What a property's foreign key refers to.
            models.UniqueConstraint(fields=["organization", "id"], name="city_of_organization"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.insee_code})"


class Property(TenantModel):
    """One dwelling (or plot) in one sale. A sale of several dwellings has a row for each, with one `mutation_key`.

    `price` is the price of the whole sale in euros, as the DVF publishes it: sum it once per `mutation_key`. So is
    `land_surface` the land of the whole sale.
    Keys are MD5 digests as UUIDs. `id` is that of what identifies the dwelling within the sale, and of the organization,
    so that a second import of the same sale, from either format or any edition, finds the row; `address_key` is that of
    the normalised address within the commune.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # One foreign key of both columns, made in the migration, holds a property to a city of its own organization.
    organization = models.ForeignKey(
        "accounts.Organization",
        on_delete=models.PROTECT,
        default=current_organization_id,
        related_name="+",
        editable=False,
        db_constraint=False,
    )
    city = models.ForeignKey(
        City, on_delete=models.PROTECT, related_name="properties", db_index=False, db_constraint=False
    )
    mutation_key = models.UUIDField(editable=False)
    address_key = models.UUIDField(editable=False)
    address_raw = models.CharField(max_length=200)
    postal_code = models.CharField(max_length=5, blank=True)
    property_type = models.CharField(max_length=10, choices=PropertyType)
    sale_date = models.DateField()
    price = models.BigIntegerField(help_text="Euros, for the whole sale.")
    surface = models.PositiveIntegerField(null=True, blank=True, help_text="Built surface, m².")
    land_surface = models.PositiveIntegerField(null=True, blank=True, help_text="Land of the whole sale, m².")
    rooms = models.PositiveSmallIntegerField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    imported_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(TenantModel.Meta):
        abstract = False
        verbose_name_plural = "properties"
        constraints = [
            models.CheckConstraint(condition=Q(price__gt=0), name="property_price_positive"),
            models.CheckConstraint(condition=~Q(address_raw=""), name="property_has_address"),
        ]
        indexes: ClassVar = [
            # What the assignment reads, and nothing else: an index-only scan per city and type.
            models.Index(
                fields=["city", "property_type", "sale_date"],
                include=["address_key", "price", "id"],
                name="property_eligible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address_raw}, {self.sale_date:%Y-%m-%d}"


class ClientStatus(models.TextChoices):
    """Only active clients are processed."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    TEST = "test"
    PENDING = "pending"


class Subscription(models.TextChoices):
    """What the client pays for."""

    DECOUVERTE = "decouverte"
    PRO = "pro"
    ENTREPRISE = "entreprise"


class Language(models.TextChoices):
    """The language of the client's e-mails."""

    FRENCH = "fr"
    ENGLISH = "en"


class Client(TenantModel):
    """A real-estate professional who receives past sales of the chosen cities."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    email = models.EmailField()
    status = models.CharField(max_length=10, choices=ClientStatus, default=ClientStatus.ACTIVE)
    subscription_type = models.CharField(max_length=12, choices=Subscription, default=Subscription.DECOUVERTE)
    chosen_cities = models.ManyToManyField(City, blank=True, related_name="clients")
    property_type_preferences = ArrayField(
        models.CharField(max_length=10, choices=PropertyType), default=list, blank=True
    )
    addresses_per_report = models.PositiveSmallIntegerField(
        default=10, validators=[MinValueValidator(1), MaxValueValidator(500)]
    )
    send_day = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(31)])
    language = models.CharField(max_length=2, choices=Language, default=Language.FRENCH)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        abstract = False
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                F("organization"),
                Lower("email"),
                name="client_unique_email",
                violation_error_message="There is a client with this e-mail address already.",
            ),
            models.CheckConstraint(condition=Q(send_day__range=(1, 31)), name="client_send_day_in_month"),
            models.CheckConstraint(
                condition=Q(addresses_per_report__range=(1, 500)), name="client_addresses_per_report_in_range"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


class JobKind(models.TextChoices):
    """What a job does."""

    PROCESS = "process"
    ADD_ADDRESSES = "add_addresses"


class JobStatus(models.TextChoices):
    """`pending` waits for a worker or for its next attempt; `completed` and `failed` are final."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


ACTIVE_JOB = Q(status__in=[JobStatus.PENDING, JobStatus.PROCESSING])


class ProcessingJob(TenantModel):
    """Accepted work for one client. The row is the record; a broker message only says that there is something to do.

    A worker holds it by `lease_token` until `lease_expires_at`, both on the database's clock. `attempt_count` is raised
    when an attempt starts, so that a job that kills its worker ends too.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # No index of its own: `job_newest_of_client` begins with the client.
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="jobs", db_index=False)
    kind = models.CharField(max_length=15, choices=JobKind, default=JobKind.PROCESS)
    requested_count = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=JobStatus, default=JobStatus.PENDING)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    available_at = models.DateTimeField(default=timezone.now)
    lease_token = models.UUIDField(null=True, editable=False)
    lease_expires_at = models.DateTimeField(null=True, editable=False)
    progress = models.JSONField(default=dict, blank=True)
    properties_assigned = models.PositiveIntegerField(default=0)
    error_message = models.TextField(null=True, blank=True)
    request_id = models.CharField(max_length=128, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["client"], condition=ACTIVE_JOB, name="job_one_active_per_client"),
            models.CheckConstraint(
                condition=Q(status=JobStatus.PROCESSING, lease_token__isnull=False)
                | ~Q(status=JobStatus.PROCESSING) & Q(lease_token__isnull=True),
                name="job_leased_exactly_while_processing",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["available_at"], condition=Q(status="pending"), name="job_due"),
            models.Index(fields=["lease_expires_at"], condition=Q(status="processing"), name="job_lease"),
            models.Index(fields=["organization", "-created_at"], name="job_newest"),
            models.Index(fields=["client", "-created_at"], name="job_newest_of_client"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id} ({self.status})"


class AssignmentStatus(models.TextChoices):
    """How far the client got with a property."""

    NEW = "new"
    CONTACTED = "contacted"
    MEETING = "meeting"
    NEGOTIATION = "negotiation"
    SOLD = "sold"
    MANDATE = "mandate"


class Assignment(TenantModel):
    """A property given to a client: once, and no other sale of the same address after it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Neither organization nor client has an index of its own: `assignment_newest_of_all` and `assignment_newest` begin
    # with them, and each row is written to every index there is.
    organization = models.ForeignKey(
        "accounts.Organization",
        on_delete=models.PROTECT,
        default=current_organization_id,
        related_name="+",
        editable=False,
        db_index=False,
    )
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="assignments", db_index=False)
    property = models.ForeignKey(Property, on_delete=models.PROTECT, related_name="assignments")
    address_key = models.UUIDField(editable=False)
    job = models.ForeignKey(ProcessingJob, on_delete=models.SET_NULL, null=True, related_name="assignments")
    status = models.CharField(max_length=12, choices=AssignmentStatus, default=AssignmentStatus.NEW)
    notes = models.TextField(null=True, blank=True)
    send_date = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        abstract = False
        ordering = ["-send_date", "id"]
        constraints = [
            models.UniqueConstraint(fields=["client", "property"], name="assignment_once"),
            models.UniqueConstraint(fields=["client", "address_key"], name="assignment_one_per_address"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["client", "-send_date", "id"], name="assignment_newest"),
            models.Index(fields=["organization", "-send_date"], name="assignment_newest_of_all"),
        ]

    def __str__(self) -> str:
        return f"{self.property_id} for {self.client_id}"
