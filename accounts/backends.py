"""Login by e-mail, for the Django admin and for the API, and what staff may do in the admin."""

from typing import Any

from django.apps import apps
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from accounts.models import Organization, Role, User
from accounts.selectors import user_by_email
from core.tenancy import TenantModel


class EmailBackend(ModelBackend):
    """Django's own checks, over users found by e-mail whatever its case, across organizations.

    Every user belongs to an organization, superusers too, and sees nothing beyond it. What staff may do there comes
    from their role: admins may do everything that is the organization's, other staff may look.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,  # noqa: ANN401 -- Django's own signature
    ) -> User | None:
        email = username or kwargs.get("email")
        if email is None or password is None:
            return None
        user = user_by_email(email)
        if user is None:
            # The hash is computed all the same, so that the answer's time does not tell that the account is missing.
            make_password(password)
            return None
        return user if user.check_password(password) and self.user_can_authenticate(user) else None

    def get_user(self, user_id: Any) -> User | None:  # noqa: ANN401 -- Django's own signature
        user = User.unscoped.filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def _get_group_permissions(self, user_obj: User) -> QuerySet[Permission]:
        """The role is the group. Django asks only for active users who are not superusers, and caches the answer."""
        if not user_obj.is_staff:
            return Permission.objects.none()
        owned: list[type[Model]] = [model for model in apps.get_models() if issubclass(model, TenantModel)]
        content_types = ContentType.objects.get_for_models(Organization, *owned).values()
        permissions = Permission.objects.filter(content_type__in=content_types)
        return permissions if user_obj.role == Role.ADMIN else permissions.filter(codename__startswith="view_")
