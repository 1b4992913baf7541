"""A laboratory's report from arrival to receipt, and the catalogue from files to rows."""
