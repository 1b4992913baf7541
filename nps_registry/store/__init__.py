"""The only SQL of the project: engine, tables, named queries per aggregate, migrations."""
