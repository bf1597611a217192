import type { EntityView } from "@daybook/shared/generated/contract";
import { CONTACT, CUSTOMER, field } from "@daybook/shared/testing/samples";
import { describe, expect, it } from "vitest";
import { modulesOf } from "./modules";

const list = (name: string, area: string, ...refers: string[]): EntityView => ({
  ...CUSTOMER,
  name,
  area: { en: area, de: area },
  fields: refers.map((target) => field(target, { type: "reference", entity: target })),
  children: [],
});

const names = (entities: EntityView[]) =>
  modulesOf(entities).map(({ area, entities: lists }) => [area.en, ...lists.map((l) => l.name)]);

describe("the menu", () => {
  it("puts items before the units and categories they are made of", () => {
    const unit = list("unit", "Items");
    const category = list("item_category", "Items", "unit", "item_category");
    const item = list("item", "Items", "item_category", "unit");
    expect(names([unit, category, item])).toEqual([["Items", "item", "item_category", "unit"]]);
  });

  it("sees references of child rows, and keeps the order where there are none", () => {
    const account = list("account", "Finance");
    const rows = {
      ...CONTACT,
      fields: [field("account", { type: "reference", entity: "account" })],
    };
    const bank = { ...list("bank", "Finance"), children: [rows] };
    const two = [list("customer", "Partners"), list("supplier", "Partners")];
    expect(names([account, ...two, bank])).toEqual([
      ["Finance", "bank", "account"],
      ["Partners", "customer", "supplier"],
    ]);
  });

  it("shows lists that refer to each other, all of them", () => {
    const one = list("one", "Items", "other");
    const other = list("other", "Items", "one");
    expect(names([one, other])).toEqual([["Items", "one", "other"]]);
  });
});
