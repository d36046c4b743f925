# The document's commands, as they are written there.

# Get a token
curl -X POST http://localhost:8000/api/v1/auth/login/ \
  -H "Content-Type: application/json" \
  -d '{
    "email": "user@example.com",
    "password": "password123"
  }'

# Get campaigns executed in last 7 days
curl http://localhost:8000/api/v1/analytics/daily/ \
  -H "Authorization: Bearer $TOKEN" \
  -d 'metric_type=campaigns_executed&days=7'

# Get user's activity in last 30 days
curl http://localhost:8000/api/v1/audit-logs/user-activity/ \
  -H "Authorization: Bearer $TOKEN" \
  -d 'days=30&limit=100'

# Get conversation history
curl http://localhost:8000/api/v1/message-history/conversation/ \
  -H "Authorization: Bearer $TOKEN" \
  -d 'conversation_id=880e8400-e29b-41d4-a716-446655440003&limit=50'

# Search messages
curl http://localhost:8000/api/v1/message-history/search/ \
  -H "Authorization: Bearer $TOKEN" \
  -G -d 'q=help&limit=20'
