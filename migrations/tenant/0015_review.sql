-- Work that waits for a person: it came under a lease that had ended, or its author may not do it any more.
CREATE TABLE sync_review (
    op_id           uuid PRIMARY KEY REFERENCES sync_op (op_id),
    why             text NOT NULL CHECK (why IN
                        ('lease_over', 'lease_revoked', 'lease_unknown', 'access_ended', 'right_lost')),
    decision        text CHECK (decision IN ('applied', 'returned')),
    decided_by      uuid,
    decided_at      timestamptz,
    -- The receipt that it was applied with; its own receipt stands.
    outcome         bytea,
    CHECK ((decision IS NULL) = (decided_at IS NULL)),
    CHECK ((decision IS NULL) = (decided_by IS NULL)),
    CHECK ((decision IS NOT DISTINCT FROM 'applied') = (outcome IS NOT NULL))
);
CREATE INDEX sync_review_open ON sync_review (op_id) WHERE decision IS NULL;
REVOKE DELETE ON sync_review FROM erp_app;

-- Everybody's items about one op are closed together.
CREATE INDEX attention_by_op ON attention (op_id) WHERE retired_at IS NULL;
