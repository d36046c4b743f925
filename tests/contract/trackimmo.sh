# The document's commands, as they are written there.

# 1. Check API health
curl http://147.93.94.3:8000/health

# 2. Get client information
curl -H "X-Admin-Key: cb67274b99d89ab5" \
     http://147.93.94.3:8000/admin/client/e86f4960-f848-4236-b45c-0759b95db5a3

# 3. Process client (assign new properties)
curl -X POST \
     -H "X-API-Key: cb67274b99d89ab5" \
     -H "Content-Type: application/json" \
     -d '{"client_id": "e86f4960-f848-4236-b45c-0759b95db5a3"}' \
     http://147.93.94.3:8000/api/process-client

# 4. Check job status
curl -H "X-API-Key: cb67274b99d89ab5" \
     http://147.93.94.3:8000/api/job-status/$JOB_ID

# 5. Get assigned properties
curl -H "X-API-Key: cb67274b99d89ab5" \
     http://147.93.94.3:8000/api/get-client-properties/e86f4960-f848-4236-b45c-0759b95db5a3?limit=10

# Test SMTP configuration
curl -X POST \
     -H "X-Admin-Key: cb67274b99d89ab5" \
     -H "Content-Type: application/json" \
     -d '{"recipient": "test@example.com", "template_type": "config"}' \
     http://147.93.94.3:8000/admin/test-email

# Test client notification template
curl -X POST \
     -H "X-Admin-Key: cb67274b99d89ab5" \
     -H "Content-Type: application/json" \
     -d '{"recipient": "test@example.com", "template_type": "notification"}' \
     http://147.93.94.3:8000/admin/test-email

# Test monthly notification template
curl -X POST \
     -H "X-Admin-Key: cb67274b99d89ab5" \
     -H "Content-Type: application/json" \
     -d '{"recipient": "test@example.com", "template_type": "monthly"}' \
     http://147.93.94.3:8000/admin/test-email

# Test insufficient addresses alert
curl -X POST \
     -H "X-Admin-Key: cb67274b99d89ab5" \
     -H "Content-Type: application/json" \
     -d '{"recipient": "cto@company.com", "template_type": "insufficient"}' \
     http://147.93.94.3:8000/admin/test-email

# Run daily updates (includes monthly notifications + client processing)
python trackimmo/scripts/run_daily_updates.py

# Test email functionality comprehensively
python trackimmo/scripts/test_email_functionality.py --recipient test@example.com

# Test specific email template
python trackimmo/scripts/test_email_functionality.py --recipient test@example.com --test monthly
