import { render, screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { useEntity } from "../data/queries";
import { pathLabel, sectionsOf } from "../entity/fields";
import type { EntityView } from "../generated/contract";
import { columnsOf } from "../lists/columns";
import { engineDouble, tell } from "../testing/double";
import { Stage } from "../testing/Stage";
import { CUSTOMER, customer, field } from "../testing/samples";
import { changesOf } from "./changes";
import { editDraft, write } from "./draft";

const OWN = { en: "Own fields", de: "Eigene Felder" };
const words = ["blue", "red"].map((value) => ({ value, label: { en: value, de: value } }));
const colour = field(
  "extra.colour",
  { type: "choice", choices: words },
  { label: { en: "Colour", de: "Farbe" }, section: OWN, listed: true },
);
const withOwn: EntityView = { ...CUSTOMER, fields: [...CUSTOMER.fields, colour] };

describe("a tenant's own field", () => {
  it("stands in the form in a section of its own, by its label", () => {
    const section = sectionsOf(withOwn, () => true).find(({ name }) => name === OWN.en);
    expect(section?.fields.map(({ name }) => name)).toEqual(["extra.colour"]);
    expect(pathLabel(withOwn, "extra.colour", ({ de }) => de)).toBe("Farbe");
  });

  it("is sent by its name with what the person saw", () => {
    const draft = editDraft(withOwn, customer({ "extra.colour": "blue" }));
    expect(changesOf(write(draft, { field: "extra.colour" }, "red")).fields).toEqual([
      { field: "extra.colour", from: "blue", to: "red" },
    ]);
  });

  it("is a column that is read by its whole name", () => {
    const style = { language: "en", locale: "en-GB" } as const;
    const columns = columnsOf(withOwn, style as Parameters<typeof columnsOf>[1], "", new Map());
    const column = columns.find(({ colId }) => colId === "extra.colour");
    const getter = column?.valueGetter as (row: { data: unknown }) => string;
    expect(column?.field).toBeUndefined();
    expect(getter({ data: customer({ "extra.colour": "red" }) })).toBe("red");
  });

  it("is there as soon as it is declared", async () => {
    let entity = CUSTOMER;
    engineDouble({ describe: () => ({ reply: "entities", with: [entity] }) });
    function Names() {
      const fields = useEntity("customer")?.fields ?? [];
      return <p>{fields.map(({ name }) => name).join(" ")}</p>;
    }
    render(
      <Stage>
        <Names />
      </Stage>,
    );
    await screen.findByText(/credit_limit/);
    expect(screen.queryByText(/extra.colour/)).toBeNull();
    entity = withOwn;
    await tell({ event: "changed", with: { entity: "own_field", ids: ["0197-colour"] } });
    await waitFor(() => expect(screen.getByText(/extra.colour/)).toBeTruthy());
  });
});
