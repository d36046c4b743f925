"""How pages for people write dates and times, whatever their language."""
