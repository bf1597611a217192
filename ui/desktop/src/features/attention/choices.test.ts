import type { AttentionItem } from "@daybook/shared/generated/contract";
import { describe, expect, it } from "vitest";
import { choose, decisionsOf, isWhole, reasonsInMessage, undecided } from "./choices";

const values = { mine: "a", theirs: "b", base: "c" };
const item = (kind: string, fields: AttentionItem["fields"]): AttentionItem => ({
  id: "1",
  entity: "customer",
  row_id: "2",
  title: "Möller",
  kind,
  fields,
  message: "",
  reasons: [],
  by_user: null,
  by_name: null,
  since: "2026-11-21T07:12:00Z",
});
const conflict = item("conflict", { email: values, city: values });

describe("a conflict", () => {
  it("is decided field by field", () => {
    const one = choose(conflict, {}, "mine", "email");
    expect(undecided(conflict, one)).toEqual(["city"]);
    const both = choose(conflict, one, "theirs", "city");
    expect(undecided(conflict, both)).toEqual([]);
    expect(decisionsOf(conflict, both)).toEqual([
      { path: "email", keep: "mine" },
      { path: "city", keep: "theirs" },
    ]);
  });

  it("or all at once, whatever was chosen before", () => {
    const before = choose(conflict, {}, "mine", "email");
    expect(choose(conflict, before, "theirs", null)).toEqual({ email: "theirs", city: "theirs" });
  });
});

describe("one choice answers for", () => {
  it("work that was refused, with all its fields", () => {
    const rejected = item("rejected", { email: values, city: values });
    expect(isWhole(rejected)).toBe(true);
    expect(choose(rejected, {}, "mine", "email")).toEqual({ email: "mine", city: "mine" });
  });

  it("a record that was deleted and edited: its edits are no question, and stand", () => {
    const retired = item("retired_edit", { "*": values, price: values });
    expect(isWhole(retired)).toBe(true);
    expect(undecided(retired, {})).toEqual(["*"]);
    const gone = choose(retired, {}, "mine", "price");
    expect(gone).toEqual({ "*": "mine" });
    expect(decisionsOf(retired, gone)).toEqual([
      { path: "*", keep: "mine" },
      { path: "price", keep: "theirs" },
    ]);
    expect(isWhole(conflict)).toBe(false);
  });

  it("what somebody else decided asks for nothing", () => {
    const news = item("decided", {});
    expect(undecided(news, {})).toEqual([]);
    expect(decisionsOf(news, {})).toEqual([]);
  });

  it("an item that came without its fields", () => {
    const bare = item("waiting", {});
    expect(undecided(bare, {})).toEqual(["*"]);
    expect(undecided(bare, choose(bare, {}, "mine", null))).toEqual([]);
  });
});

it("reasons stand one by one, with fields by their labels", () => {
  const label = (path: string) => (path === "tax_id" ? "Tax id" : undefined);
  expect(reasonsInMessage("tax_id: is wrong; compare it; name: is required", label)).toEqual([
    "Tax id: is wrong; compare it",
    "name: is required",
  ]);
  expect(reasonsInMessage("you may not do this", label)).toEqual(["you may not do this"]);
  expect(reasonsInMessage("", label)).toEqual([]);
});
