"""Login by e-mail, for the Django admin and for the API."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts.models import User


class EmailBackend(ModelBackend):
    """Django's own checks, over users found by e-mail whatever its case, across organizations."""

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
        user = User.unscoped.filter(email__iexact=email).first()
        if user is None:
            # The hash is computed all the same, so that the answer's time does not tell that the account is missing.
            User().set_password(password)
            return None
        return user if user.check_password(password) and self.user_can_authenticate(user) else None

    def get_user(self, user_id: Any) -> User | None:  # noqa: ANN401 -- Django's own signature
        user = User.unscoped.filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
