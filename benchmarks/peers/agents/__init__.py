"""AI agents' customers and callbacks as one writes them with Django REST framework: the lists that are measured.

Model serializers and model viewsets with filters and pages, on the same tables. Nobody logs in, nothing is limited, and
there are no roles and no summaries.
"""
