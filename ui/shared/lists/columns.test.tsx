import { render } from "@testing-library/react";
import type { ICellRendererParams } from "ag-grid-community";
import type { ComponentType } from "react";
import { describe, expect, it } from "vitest";
import type { RecordView } from "../generated/contract";
import { useStyle } from "../i18n/language";
import { CUSTOMER, customer, field } from "../testing/samples";
import { engineDouble } from "../testing/double";
import { Stage } from "../testing/Stage";
import type { Style } from "../format/cell";
import { columnsOf } from "./columns";

/** The cell that names a record in its list. */
function Name({ record }: { record: RecordView }) {
  const columns = columnsOf(CUSTOMER, useStyle(), "State", new Map());
  const params = { data: record, value: record.title } as ICellRendererParams<RecordView>;
  const drawn = columns.flatMap(({ cellRendererSelector }) => cellRendererSelector?.(params) ?? []);
  const Cell: ComponentType<typeof params> | undefined = drawn[0]?.component;
  return Cell ? <Cell {...params} /> : <>{record.title}</>;
}

describe("the name of a record in its list", () => {
  it.each([
    ["in use", customer(), "Möller GmbH"],
    ["out of use", customer({ active: false }), "Inactive Möller GmbH"],
    ["deleted", { ...customer(), retired: true }, "Deleted Möller GmbH"],
  ])("says in words that it is %s", (_, record, words) => {
    engineDouble({});
    const { container } = render(
      <Stage>
        <Name record={record} />
      </Stage>,
    );
    expect(container.textContent?.trim()).toBe(words);
    const isPlain = words === "Möller GmbH";
    expect(container.querySelectorAll("svg")).toHaveLength(isPlain ? 0 : 1);
  });
});

describe("a column", () => {
  const named = (en: string) => ({
    ...CUSTOMER,
    key: "code",
    fields: [field("code", { type: "code" }, { label: { en, de: en }, listed: true })],
  });
  const style: Style = { language: "en", locale: "en-GB", yes: "Yes", no: "No", files: String };
  const room = (en: string) => {
    const column = columnsOf(named(en), style, "State", new Map()).at(-1);
    return { width: column?.width ?? 0, minWidth: column?.minWidth ?? 0 };
  };

  it("has room for its name, however long that is in a language", () => {
    expect(room("Code").width).toBe(92);
    expect(room("Artikelnummer des Lieferanten").width).toBeGreaterThan(200);
    expect(room("Artikelnummer des Lieferanten").minWidth).toBeGreaterThan(200);
  });
});
