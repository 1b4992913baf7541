"""The catalogue: ``substances/`` files read into frozen, validated records, graded and checked."""
