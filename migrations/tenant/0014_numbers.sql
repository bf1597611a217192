-- Numbers of series for codes of masters: what was given out, to whom, and what will never be given.

-- How far a series has counted in a period. A number below was leased, drawn by the hub itself, or is void.
CREATE TABLE number_counter (
    series_id       uuid NOT NULL,
    period          text COLLATE "C" NOT NULL,
    next_number     bigint NOT NULL CHECK (next_number > 0),
    PRIMARY KEY (series_id, period)
);

-- What a device is called in codes. It follows from its id, so that no restore gives it to another.
CREATE TABLE number_device (
    device_id       uuid PRIMARY KEY,
    short_name      text COLLATE "C" NOT NULL UNIQUE
);

-- Numbers that one device alone gives.
CREATE TABLE number_lease (
    id              uuid PRIMARY KEY,
    series_id       uuid NOT NULL,
    period          text COLLATE "C" NOT NULL,
    device_id       uuid NOT NULL,
    -- What was given under it is given again when it is repeated, and nothing more.
    request_id      uuid NOT NULL,
    -- The device counts for itself: nobody else gives such numbers, and behind the last that it gave none is missing.
    own             boolean NOT NULL,
    entity          text COLLATE "C" NOT NULL,
    company_id      uuid NOT NULL,
    branch_id       uuid,
    -- What stands before a number, as it is written and as codes are compared.
    stem            text NOT NULL,
    folded_stem     text COLLATE "C" NOT NULL,
    width           integer NOT NULL CHECK (width BETWEEN 1 AND 12),
    first_number    bigint NOT NULL CHECK (first_number > 0),
    last_number     bigint NOT NULL,
    -- The first that is not known to be used; behind the last where all are.
    next_number     bigint NOT NULL,
    from_day        date,
    to_day          date,
    -- Held by its device; used up; given back with what is left of it, and that leased again to somebody; void.
    state           text NOT NULL CHECK (state IN ('held', 'spent', 'returned', 'reissued', 'void')),
    granted_at      timestamptz NOT NULL,
    ended_at        timestamptz,
    CHECK (first_number <= next_number AND next_number <= last_number + 1),
    CHECK ((from_day IS NULL) = (to_day IS NULL)),
    CHECK ((state = 'held') = (ended_at IS NULL))
);
CREATE INDEX number_lease_by_device ON number_lease (device_id) WHERE state = 'held';
CREATE INDEX number_lease_by_series ON number_lease (series_id, period, device_id);
CREATE INDEX number_lease_by_stem ON number_lease (entity, folded_stem) WHERE state = 'held';
CREATE UNIQUE INDEX number_lease_of_request ON number_lease (device_id, request_id, series_id, period, first_number);

-- Numbers that nobody will ever be given, and why: the register in which a gap is explained.
CREATE TABLE number_void (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    series_id       uuid NOT NULL,
    period          text COLLATE "C" NOT NULL,
    first_number    bigint NOT NULL,
    last_number     bigint NOT NULL CHECK (first_number <= last_number),
    -- The device is shut out or its copy was told to go; two copies of it were in use; its time is over; the tenant
    -- came back from a backup; records have codes up to there that nobody drew.
    reason          text NOT NULL CHECK (reason IN ('revoked', 'wiped', 'forked', 'over', 'restored', 'taken')),
    -- Whose they were.
    device_id       uuid,
    lease_id        uuid,
    noted_at        timestamptz NOT NULL
);
CREATE INDEX number_void_by_series ON number_void (series_id, period);
REVOKE UPDATE, DELETE ON number_void FROM erp_app;
