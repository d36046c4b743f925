# The document's commands, as they are written there but for the header.

# Create a logged out profile entry
curl -X POST "http://localhost:8000/gmail-automation/logged-out-profiles" \
     -H "X-API-Key: demo-api-key" \
     -H "Content-Type: application/json" \
     -d '{
       "agent_name": "Agent_001",
       "profile_name": "profile_gmail_1"
     }'

# Get all logged out profiles
curl "http://localhost:8000/api/v1/logged-out-profiles/" -H "X-API-Key: demo-api-key"

# Get profiles by agent
curl "http://localhost:8000/api/v1/logged-out-profiles/agent/Agent_001" -H "X-API-Key: demo-api-key"

# Get analytics
curl "http://localhost:8000/api/v1/logged-out-profiles/analytics/stats" -H "X-API-Key: demo-api-key"
