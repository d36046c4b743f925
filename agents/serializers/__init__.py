"""What the API takes, and how Swagger shows what it answers."""
