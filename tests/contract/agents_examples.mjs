// The document's examples as they are written there. Who calls, and where, is for `agents.mjs` to say.

// 1. Create Complete AI Agent Setup
// Step 1: Create AI Agent
const agentResponse = await fetch('/api/agents/ai/', {
  method: 'POST',
  headers: { 'Authorization': 'Bearer ' + token },
  body: JSON.stringify({
    name: "My Sales AI",
    personality_type: "friendly",
    business_info: { company_name: "My Company" }
  })
});

const agent = await agentResponse.json();
console.log('Agent created:', agent.agent.id);

// Step 2: Add customers
const customerResponse = await fetch('/api/agents/ai/customers/', {
  method: 'POST',
  headers: { 'Authorization': 'Bearer ' + token },
  body: JSON.stringify({
    phone_number: "+1234567890",
    name: "John Doe",
    interest_level: "hot"
  })
});

// Step 3: Schedule callback
const callbackResponse = await fetch('/api/agents/ai/callbacks/', {
  method: 'POST',
  headers: { 'Authorization': 'Bearer ' + token },
  body: JSON.stringify({
    customer_phone: "+1234567890",
    scheduled_datetime: "2025-10-02T15:00:00Z",
    reason: "Initial sales call"
  })
});

// 2. Update Agent Performance
// Update agent based on performance
const updateResponse = await fetch(`/api/agents/ai/${agentId}/`, {
  method: 'PATCH',
  headers: { 'Authorization': 'Bearer ' + token },
  body: JSON.stringify({
    status: "active",
    max_daily_calls: 100,
    personality_type: "persuasive"
  })
});

// 3. Manage Customer Journey
// Update customer interest level after call
const customerUpdate = await fetch(`/api/agents/ai/customers/${customerId}/`, {
  method: 'PATCH',
  headers: { 'Authorization': 'Bearer ' + token },
  body: JSON.stringify({
    interest_level: "converted",
    notes: "Customer purchased premium package"
  })
});

// Schedule follow-up callback
const followUpCallback = await fetch('/api/agents/ai/callbacks/', {
  method: 'POST',
  headers: { 'Authorization': 'Bearer ' + token },
  body: JSON.stringify({
    customer_phone: customerPhone,
    scheduled_datetime: "2025-10-10T10:00:00Z",
    reason: "Onboarding call",
    priority_level: 4
  })
});

// 4. Bulk Operations
// Bulk activate agents
const bulkResponse = await fetch('/api/agents/ai/bulk-actions/', {
  method: 'POST',
  headers: { 'Authorization': 'Bearer ' + adminToken },
  body: JSON.stringify({
    action: "activate",
    filters: { status: "training", training_level_gt: 50 }
  })
});

// Bulk reschedule overdue callbacks
const bulkCallbacks = await fetch('/api/agents/ai/callbacks/bulk-actions/', {
  method: 'POST',
  headers: { 'Authorization': 'Bearer ' + token },
  body: JSON.stringify({
    action: "reschedule",
    filters: { overdue: true },
    new_datetime: "2025-10-02T09:00:00Z"
  })
});
