"""The settings of a plain site on Switchboard's database, served as Switchboard is."""

from config.settings import *  # noqa: F403 -- the same tables

ROOT_URLCONF = "benchmarks.peers.agents.urls"
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "UNAUTHENTICATED_USER": None,
}
