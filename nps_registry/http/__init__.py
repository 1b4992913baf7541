"""What pages and api share: services, dependencies, refusals as HTTP, headers, metrics."""
