-- Of a hub that was restored the device has answers that mean nothing any more: such work is offered again, and is
-- kept until then and after.
ALTER TABLE acked_op ADD COLUMN asked_again INTEGER NOT NULL DEFAULT 0;
CREATE INDEX acked_op_asked_again ON acked_op (op_seq) WHERE asked_again = 1;
