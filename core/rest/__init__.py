"""What the API's doors share: problem documents, strict JSON, fields, ETags, the OpenAPI schema."""
