import { describe, expect, it } from "vitest";
import { type Entry, matching, offered, step } from "./entries";

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
    expect(found("tomers")).toEqual([]);
  });

  it("also by what stands beside the name", () => {
    expect(found("partners")).toEqual(["Customers", "Suppliers"]);
  });

  it("what somebody meant who slipped, where nothing else is found", () => {
    expect(found("cutsomers")).toEqual(["Customers"]);
    expect(found("supliers")).toEqual(["Suppliers"]);
    expect(found("mullre")).toEqual(["Müller Straßenbau GmbH"]);
    expect(found("zzzzzz")).toEqual([]);
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

describe("the palette offers", () => {
  const record = (label: string): Entry => ({ ...entry(label), group: "records" });
  const commands = [entry("Accounts", "Finance"), entry("Theme: Light"), entry("Banks", "Finance")];
  const first = (text: string, ...records: string[]) =>
    offered(commands, records.map(record), text)[0]?.label;

  it("places and commands by their names before records", () => {
    expect(first("accounts", "Accounts payable")).toBe("Accounts");
    expect(first("light", "Lighthouse GmbH")).toBe("Theme: Light");
  });

  it("a place that is all but named before records that are", () => {
    expect(first("acounts", "Account of the bank")).toBe("Accounts");
  });

  it("records before what is only found by the words beside its name", () => {
    expect(first("fin", "Finke KG")).toBe("Finke KG");
    expect(first("lighth", "Lighthouse GmbH")).toBe("Lighthouse GmbH");
  });
});
