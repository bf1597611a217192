import { describe, expect, it } from "vitest";
import { type Entry, matching, step } from "./entries";

const entry = (label: string, hint?: string): Entry => ({
  id: label,
  group: "goTo",
  label,
  ...(hint ? { hint } : {}),
  run: () => {},
});
const ALL = [
  entry("Customers", "Partners"),
  entry("Suppliers", "Partners"),
  entry("New: Customer"),
  entry("Müller Straßenbau GmbH", "K7 · Customer"),
];
const found = (text: string) => matching(ALL, text).map((each) => each.label);

describe("the palette finds", () => {
  it("everything where nothing is typed", () => {
    expect(found("")).toHaveLength(4);
    expect(found("   ")).toHaveLength(4);
  });

  it("by the beginnings of words, in any order, without case and accents", () => {
    expect(found("cus new")).toEqual(["New: Customer"]);
    expect(found("muller")).toEqual(["Müller Straßenbau GmbH"]);
    expect(found("STRASSENB k7")).toEqual(["Müller Straßenbau GmbH"]);
    expect(found("ustom")).toEqual([]);
  });

  it("also by what stands beside the name", () => {
    expect(found("partners")).toEqual(["Customers", "Suppliers"]);
  });

  it("first what begins with the text", () => {
    expect(found("cust")[0]).toBe("Customers");
  });
});

it("the mark goes round at both ends", () => {
  expect(step(0, -1, 3)).toBe(2);
  expect(step(2, 1, 3)).toBe(0);
  expect(step(0, 1, 0)).toBe(0);
});
