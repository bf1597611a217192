import type { EntityView } from "@daybook/shared/generated/contract";
import { CUSTOMER } from "@daybook/shared/testing/samples";
import { expect, it } from "vitest";
import { modulesOf } from "./modules";

const list = (name: string, area: string): EntityView => ({
  ...CUSTOMER,
  name,
  area: { en: area, de: area },
});

it("puts the lists of an area together, in the order in which they are given", () => {
  const entities = [list("item", "Items"), list("account", "Finance"), list("unit", "Items")];
  const modules = modulesOf(entities);
  expect(modules.map(({ area, entities: lists }) => [area.en, lists.map((l) => l.name)])).toEqual([
    ["Items", ["item", "unit"]],
    ["Finance", ["account"]],
  ]);
});
