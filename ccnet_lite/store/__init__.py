"""Where run data lies: tables, schemas, manifests, digests, locks."""
