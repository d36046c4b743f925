"""WhatsApp as Meta documents it: what its webhooks say, how they are signed, and how messages are sent.

Nothing here knows a table or a request. https://developers.facebook.com/docs/whatsapp/cloud-api
"""
