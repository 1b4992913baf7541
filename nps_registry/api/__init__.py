"""JSON, feeds and exports: one module per resource."""
