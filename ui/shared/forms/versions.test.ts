import { describe, expect, it } from "vitest";
import type { EntityView } from "../generated/contract";
import { CONTACT, CUSTOMER, field } from "../testing/samples";
import type { Draft, Row } from "./draft";
import { closePrevious, dayBefore, inOrder, overlaps, standingOf } from "./versions";

const RATES: EntityView = {
  ...CONTACT,
  name: "tax_rate",
  fields: [
    field("valid_from", { type: "date" }),
    field("valid_to", { type: "date" }),
    field("unit", { type: "text", max: 9 }),
  ],
  versions: { from: "valid_from", to: "valid_to", of: ["unit"] },
};
const versions = { from: "valid_from", to: "valid_to", of: ["unit"] };
const DAILY = { from: "valid_from", to: null, of: ["unit"] };

const row = (id: string, from: string | null, to: string | null = null, unit = "h"): Row => ({
  id,
  fields: { valid_from: from, valid_to: to, unit },
});
const OLD = row("old", "2007-01-01", "2020-06-30");
const NOW = row("now", "2021-01-01");

function draft(held: Row[], now: Row[]): Draft {
  const values = (rows: Row[]) => ({ fields: {}, rows: { tax_rate: rows } });
  const entity = { ...CUSTOMER, children: [RATES] };
  const unread = {};
  const [before, after] = [values(held), values(now)];
  return { entity, id: "1", held: before, start: before, now: after, unread, clashes: {} };
}
const ends = (from: Draft) =>
  Object.fromEntries((from.now.rows.tax_rate ?? []).map(({ id, fields }) => [id, fields.valid_to]));

it("versions stand in the order of their days, apart by what they are of", () => {
  const rows = [NOW, row("kg", "2000-01-01", null, "kg"), OLD];
  expect(inOrder(rows, versions).map(({ id }) => id)).toEqual(["old", "now", "kg"]);
});

it("a version is past, current or coming", () => {
  const rows = [OLD, NOW, row("next", "2027-01-01")];
  const at = (today: string) => rows.map((each) => standingOf(each, rows, versions, today));
  expect(at("2026-11-21")).toEqual(["past", "current", "coming"]);
  expect(at("2020-06-30")).toEqual(["current", "coming", "coming"]);
  const daily = [row("a", "2026-11-01"), row("b", "2026-11-10")];
  const byDay = daily.map((each) => standingOf(each, daily, DAILY, "2026-11-21"));
  expect(byDay).toEqual(["past", "current"]);
});

it("a row that holds while an earlier one holds is found, not one of something else", () => {
  const clash = row("clash", "2020-06-30", "2020-12-31");
  const other = row("other", "2010-01-01", null, "kg");
  const found = overlaps([OLD, clash, NOW, other], versions);
  expect([...found].map(([id, { id: earlier }]) => [id, earlier])).toEqual([["clash", "old"]]);
  expect(overlaps([row("a", "2026-01-01"), row("b", "2026-01-01")], DAILY).size).toBe(1);
  expect(overlaps([row("a", "2026-01-01"), row("b", "2026-01-02")], DAILY).size).toBe(0);
});

describe("a new version", () => {
  it("ends the one before it on the day before, and follows when its day is corrected", () => {
    const first = closePrevious(
      draft([OLD, NOW], [OLD, NOW, row("new", "2027-01-01")]),
      RATES,
      "new",
      null,
    );
    expect(ends(first)).toEqual({ old: "2020-06-30", now: "2026-12-31", new: null });
    const rows = (first.now.rows.tax_rate ?? []).map((each) =>
      each.id === "new" ? row("new", "2027-03-01") : each,
    );
    const moved = closePrevious(draft([OLD, NOW], rows), RATES, "new", "2027-01-01");
    expect(ends(moved).now).toBe("2027-02-28");
  });

  it("leaves an end that a person wrote, and ends itself where the next one begins", () => {
    const middle = row("new", "2020-03-01");
    const closed = closePrevious(draft([OLD, NOW], [OLD, NOW, middle]), RATES, "new", null);
    expect(ends(closed)).toEqual({ old: "2020-06-30", now: null, new: "2020-12-31" });
  });

  it("is not ended by what its day was while it was being typed", () => {
    // "1.1.2" is a day in 2002 until the 7 is there.
    const typing = draft([OLD, NOW], [OLD, NOW, row("new", "2002-01-01")]);
    const half = closePrevious(typing, RATES, "new", null);
    expect(ends(half).new).toBe("2006-12-31");
    const rows = (half.now.rows.tax_rate ?? []).map((each) =>
      each.id === "new" ? { ...each, fields: { ...each.fields, valid_from: "2027-01-01" } } : each,
    );
    const whole = closePrevious(draft([OLD, NOW], rows), RATES, "new", "2002-01-01");
    expect(ends(whole)).toEqual({ old: "2020-06-30", now: "2026-12-31", new: null });
  });

  it("is the only thing that ends another: an edit of an old row does not", () => {
    const before = draft([OLD, NOW], [OLD, row("now", "2026-01-01")]);
    expect(closePrevious(before, RATES, "now", null)).toBe(before);
  });
});

it("the day before the first of a month is the last of the one before", () => {
  expect(["2024-03-01", "2025-03-01", "2026-01-01"].map(dayBefore)).toEqual([
    "2024-02-29",
    "2025-02-28",
    "2025-12-31",
  ]);
});
