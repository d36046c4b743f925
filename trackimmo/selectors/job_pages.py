"""Lists of jobs as administrators read them."""

from core.pages import Page, page_of
from trackimmo.models import ProcessingJob


def job_page(*, limit: int, offset: int, status: str | None = None) -> Page[ProcessingJob]:
    """The organization's jobs, the newest first, each with its client; of one status if told."""
    jobs = ProcessingJob.objects.select_related("client")
    return page_of(jobs.filter(status=status) if status else jobs, limit=limit, offset=offset)
