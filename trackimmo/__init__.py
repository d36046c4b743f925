"""Past French property sales, assigned to real-estate clients on a schedule, with jobs and e-mails.

Public services: `start_processing`, `run_job`, `assign_properties`, `import_sales`, `import_communes`.
"""
