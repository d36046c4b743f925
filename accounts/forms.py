"""Forms of the Django admin: login, users, API keys."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from unfold import forms as unfold
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from accounts import selectors, services
from accounts.models import ApiKey, Scope, User
from accounts.services import attempts
from core.actor import current_origin
from core.errors import SwitchboardError


class LoginForm(unfold.AuthenticationForm):
    """The admin's login, limited and recorded as the API's is."""

    def clean(self) -> dict[str, Any]:
        """Check the password, unless too many were wrong already."""
        try:
            attempt = attempts.begin(account=self.cleaned_data.get("username", ""), address=current_origin().ip_address)
            cleaned: dict[str, Any] = super().clean()
            attempt.succeeded()
        except SwitchboardError as error:
            raise ValidationError(error.message) from error
        return cleaned

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        """Staff only. Raises ValidationError."""
        super().confirm_login_allowed(user)
        if isinstance(user, User):
            services.record_admin_login(user=user)


class GloballyUniqueEmail:
    """An e-mail address names one user among all organizations, and the form's own check sees one organization."""

    def clean_email(self) -> str:
        """The address, unless another user has it. Raises ValidationError."""
        form: Any = self
        email: str = form.cleaned_data["email"].lower()
        other = selectors.user_by_email(email)
        if other is not None and other.pk != form.instance.pk:
            raise ValidationError("Another user has this e-mail address.")
        return email


class UserAddForm(GloballyUniqueEmail, unfold.UserCreationForm):
    """A new user of the admin's organization."""

    usable_password = None

    class Meta:
        model = User
        fields: ClassVar = ("email", "full_name", "role", "is_staff")


class UserEditForm(GloballyUniqueEmail, unfold.UserChangeForm):
    """A user's data and rights."""

    class Meta:
        model = User
        fields: ClassVar = ("email", "full_name", "role", "is_active", "is_staff", "is_superuser", "password")


class RecordedPassword:
    """Saving the form is recorded in the audit log."""

    @transaction.atomic
    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 -- Django's own signature
        """Save the new password, and record that it changed."""
        form: Any = super()
        user: User = form.save(commit)
        services.record_new_password(user=user)
        return user


class PasswordForm(RecordedPassword, unfold.AdminPasswordChangeForm):
    """A new password for somebody else; whoever has the old one is out."""

    usable_password = None


class OwnPasswordForm(RecordedPassword, unfold.AdminOwnPasswordChangeForm):
    """A new password of one's own."""

    def clean_old_password(self) -> str:
        """The old password, unless too many guesses were wrong already. Raises ValidationError."""
        try:
            attempt = attempts.begin(account=self.user.email, address=current_origin().ip_address)
            old_password: str = super().clean_old_password()
            attempt.succeeded()
        except SwitchboardError as error:
            raise ValidationError(error.message) from error
        return old_password


class ApiKeyForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A new API key."""

    scopes = forms.MultipleChoiceField(choices=Scope.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget)

    class Meta:
        model = ApiKey
        fields: ClassVar = ("name", "scopes", "expires_at")

    def clean_expires_at(self) -> Any:  # noqa: ANN401 -- Django's own signature
        """A time to come, or none. Raises ValidationError."""
        expires_at = self.cleaned_data["expires_at"]
        if expires_at is not None and expires_at <= timezone.now():
            raise ValidationError("This is in the past.")
        return expires_at
