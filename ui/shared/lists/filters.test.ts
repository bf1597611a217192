import { field, CUSTOMER, customer } from "../testing/samples";
import { describe, expect, it } from "vitest";
import { filterOfCell, questionsOf, withFilter } from "./filters";

describe("what can be asked of a field", () => {
  it.each([
    ["a text", field("name", { type: "text", max: 20 }), "contains"],
    ["a figure", field("limit", { type: "decimal", scale: 4 }), "between"],
    ["a day", field("since", { type: "date" }), "between"],
    ["a choice", field("kind", { type: "choice", choices: [] }), "is"],
    ["a country", field("country", { type: "standard", name: "country" }), "is"],
    ["an address", field("email", { type: "standard", name: "email" }), "contains"],
    ["a yes or no", field("active", { type: "bool" }), "is"],
    ["tags", field("tags", { type: "tags" }), "is"],
  ])("%s begins with the usual question", (_, asked, first) => {
    expect(questionsOf(asked)[0]).toBe(first);
  });

  it("is whether there is a value, of everything but a yes or no", () => {
    for (const { kind } of CUSTOMER.fields) {
      const questions = questionsOf(field("x", kind));
      expect(questions.includes("empty")).toBe(kind.type !== "bool");
    }
  });
});

describe("the filter of a cell", () => {
  it("keeps records with its value, or without one", () => {
    const empty = customer({ city: null });
    expect(filterOfCell(CUSTOMER, "city", customer())).toMatchObject({
      relation: "is",
      value: "Kiel",
    });
    expect(filterOfCell(CUSTOMER, "city", empty)).toMatchObject({ relation: "empty" });
    expect(filterOfCell(CUSTOMER, "active", customer({ active: null }))).toMatchObject({
      relation: "is",
      value: "false",
    });
  });
});

it("one question stands once, and two answers to one question stand beside each other", () => {
  const kiel = { field: "city", relation: "is", value: "Kiel", shown: "" } as const;
  const bonn = { ...kiel, value: "Bonn" };
  expect(withFilter(withFilter([kiel], bonn), kiel)).toEqual([bonn, kiel]);
});
