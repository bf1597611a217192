import type { OutboxEntry } from "@daybook/shared/generated/contract";
import { expect, it } from "vitest";
import { needsPerson, verbOf, verdictOf } from "./verdict";

const entry = (kind: string, receipt: OutboxEntry["receipt"]): OutboxEntry => ({
  op_id: "1",
  kind,
  entity: "customer",
  row_id: "2",
  title: "Möller",
  occurred_at: "2026-11-21T07:12:00Z",
  receipt,
});

it("an entry says how it was judged and what was done", () => {
  expect(verdictOf(entry("customer.update", null))).toEqual({ verdict: "none", count: 1 });
  const conflict = entry("customer.update", { verdict: "conflict", fields: ["email", "city"] });
  expect(verdictOf(conflict)).toEqual({ verdict: "conflict", count: 2 });
  expect(needsPerson(verdictOf(conflict).verdict)).toBe(true);
  expect(needsPerson("applied")).toBe(false);
  expect(verbOf(entry("customer.create", null))).toBe("create");
  expect(verbOf(entry("attention.resolve", null))).toBe("resolve");
});

it("a verdict of a newer sync server is not taken for another", () => {
  expect(verdictOf(entry("customer.update", { verdict: "review" })).verdict).toBe("none");
});
