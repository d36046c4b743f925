"""What is done for each organization's log is done for all, whatever befalls one."""

import pytest

from audit.services.rounds import in_each_organization
from core.scope import current_organization_id

pytestmark = pytest.mark.django_db


def test_one_organizations_error_is_raised_after_all_had_their_turn(ours, theirs):
    seen = []

    def act():
        seen.append(current_organization_id())
        if len(seen) == 1:
            raise KeyError("whatever")

    with pytest.raises(ExceptionGroup, match="1 organizations"):
        in_each_organization(act)
    assert set(seen) == {ours.organization.pk, theirs.organization.pk}
