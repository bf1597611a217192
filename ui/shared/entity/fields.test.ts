import { describe, expect, it } from "vitest";
import { CUSTOMER, field } from "../testing/samples";
import { inColumns, parsePath, pathLabel, sectionsOf, withinSight } from "./fields";

describe("a path", () => {
  it("is taken apart", () => {
    expect(parsePath("email")).toEqual({ field: "email" });
    expect(parsePath("customer_contact[0197-a].phone")).toEqual({
      field: "phone",
      row: { entity: "customer_contact", key: "0197-a" },
    });
    expect(parsePath("customer_contact[2]")).toEqual({
      field: "",
      row: { entity: "customer_contact", key: "2" },
    });
  });

  it("is called by its labels, and by itself where it is unknown", () => {
    const german = (label: { de: string }) => label.de;
    expect(pathLabel(CUSTOMER, "city", german)).toBe("Ort");
    expect(pathLabel(CUSTOMER, "customer_contact[1].phone", german)).toBe(
      "Ansprechpartner · Telefon",
    );
    expect(pathLabel(CUSTOMER, "later_field", german)).toBe("later_field");
  });
});

it("sections stand in the order of their first field", () => {
  const more = { section: { en: "More", de: "Weiteres" } };
  const entity = {
    ...CUSTOMER,
    fields: [
      field("a", { type: "bool" }),
      field("b", { type: "bool" }, more),
      field("c", { type: "bool" }),
    ],
  };
  const sections = sectionsOf(entity, () => true);
  expect(sections.map(({ name, fields }) => [name, fields.map((each) => each.name)])).toEqual([
    ["General", ["a", "c"]],
    ["More", ["b"]],
  ]);
});

it("columns keep the order, and the highest is as low as can be", () => {
  const parted = (count: number, heights: number[]) => inColumns(heights, count, (each) => each);
  expect(parted(2, [8, 3, 5, 6, 5, 4, 5])).toEqual([
    [8, 3, 5],
    [6, 5, 4, 5],
  ]);
  expect(parted(3, [8, 3, 5, 6, 5, 4, 5])).toEqual([
    [8, 3],
    [5, 6],
    [5, 4, 5],
  ]);
  expect(parted(1, [8, 3])).toEqual([[8, 3]]);
  expect(parted(3, [5])).toEqual([[5]]);
  expect(parted(2, [])).toEqual([]);
});

it("what refers to records out of sight is shown, not chosen", () => {
  const entity = {
    ...CUSTOMER,
    fields: [
      field("currency", { type: "reference", entity: "currency" }),
      field("owner_id", { type: "reference", entity: "person" }),
    ],
  };
  const seen = withinSight(entity, new Set(["customer", "currency"]));
  expect(seen.fields.map((each) => each.writable)).toEqual([true, false]);
});
