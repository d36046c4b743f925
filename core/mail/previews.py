"""Every mail as files to look at. Apps declare theirs in `mail_samples.py`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.template.loader import render_to_string
from django.utils.module_loading import autodiscover_modules

from core.mail.written import Mail

WIDTHS: Final = (375, 800)


@dataclass(frozen=True, slots=True)
class Sample:
    """A mail with made-up contents: its `name`, and how it is written in each of its `languages`."""

    name: str
    languages: Sequence[str]
    write: Callable[[str], Mail]


@dataclass(frozen=True, slots=True)
class Preview:
    """One mail in one language, in two files: `name`.html and `name`.txt."""

    name: str
    subject: str


_samples: Final[dict[str, Sample]] = {}


def add_sample(sample: Sample) -> None:
    """Show this mail too. Raises ValueError if another one has its name."""
    if sample.name in _samples:
        raise ValueError(f"There is a sample mail of the name {sample.name} already.")
    _samples[sample.name] = sample


def write_previews(directory: Path) -> Sequence[Preview]:
    """Write each mail as HTML and text, in each of its languages, and an index that shows them side by side."""
    autodiscover_modules("mail_samples")
    directory.mkdir(parents=True, exist_ok=True)
    previews = [_write(directory, sample, language) for sample in _samples.values() for language in sample.languages]
    page = render_to_string("core/pages/previews.html", {"previews": previews, "widths": WIDTHS})
    (directory / "index.html").write_text(page)
    return previews


def _write(directory: Path, sample: Sample, language: str) -> Preview:
    mail = sample.write(language)
    name = f"{sample.name}.{language}"
    (directory / f"{name}.html").write_text(mail.html)
    (directory / f"{name}.txt").write_text(mail.text)
    return Preview(name, mail.subject)
