import type { Command, ImportReport } from "@daybook/shared/generated/contract";
import { engineDouble } from "@daybook/shared/testing/double";
import { CUSTOMER } from "@daybook/shared/testing/samples";
import { Stage } from "@daybook/shared/testing/Stage";
import { render, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { ImportScreen } from "./ImportScreen";
import { placesOf, withChosen } from "./targets";

const BATCH = "0197-batch";

function report(part: Partial<ImportReport> = {}): ImportReport {
  return {
    entity: "customer",
    dry_run: true,
    form: {
      format: "csv",
      encoding: "UTF-8",
      delimiter: ";",
      quote: '"',
      sheet: null,
      sheets: [],
      decimal: "comma",
      dates: "DD.MM.YYYY",
    },
    columns: [
      { column: "Nummer", target: "code", by: "alias", samples: ["K1"] },
      { column: "Land", target: "city", by: "given", samples: ["UK"] },
    ],
    counts: { new: 2, changed: 0, unchanged: 0, refused: 1 },
    problems: [
      {
        line: 4,
        column: "Land",
        field: "country",
        rule: "country_unknown",
        message: "No country is called “Atlantis”.",
      },
    ],
    notes: [
      { line: 2, column: "Land", rule: "country_name", message: '"UK" is read as GB', count: 2 },
    ],
    batch: null,
    cancelled: false,
    ...part,
  };
}

type Asked = Extract<Command, { command: "import" }>["with"];

function open(preview: (asked: Asked) => ImportReport) {
  const looked: Asked[] = [];
  const undone: string[] = [];
  const { asked } = engineDouble({
    import_batches: () => ({ reply: "import_batches", with: [] }),
    import_preview: ({ with: request }) => {
      looked.push(request);
      return { reply: "import", with: preview(request) };
    },
    import: () => ({ reply: "import", with: report({ dry_run: false, batch: BATCH }) }),
    import_undo: ({ with: { batch } }) => {
      undone.push(batch);
      const left = [
        { id: "0197-x", title: "Werft", rule: "changed_since", message: "was changed" },
      ];
      return { reply: "import_undone", with: { retired: 1, restored: 0, left } };
    },
  });
  render(
    <Stage>
      <ImportScreen entity={CUSTOMER} onBack={vi.fn()} />
    </Stage>,
  );
  return { looked, undone, asked };
}

async function choose() {
  const file = new File(["Nummer;Land\nK1;UK\n"], "kunden.csv", { type: "text/csv" });
  await userEvent.upload(screen.getByLabelText("File to import"), file);
}

describe("an import", () => {
  it("shows what would come of a file, imports it, and takes it back", async () => {
    const { looked, undone } = open(() => report());
    await choose();
    const start = await screen.findByRole("button", { name: "Import 2 records" });
    expect(atob(looked[0]?.content ?? "")).toBe("Nummer;Land\nK1;UK\n");
    const errors = screen.getByRole("table", { name: "Errors" });
    expect(within(errors).getByText("4")).toBeTruthy();
    expect(within(errors).getByText(/Atlantis/)).toBeTruthy();
    expect(screen.getByText(/"UK" is read as GB/)).toBeTruthy();
    await userEvent.click(start);
    await userEvent.click(await screen.findByRole("button", { name: "Take back" }));
    const ask = await screen.findByRole("dialog");
    await userEvent.click(within(ask).getByRole("button", { name: "Take back" }));
    await waitFor(() => expect(undone).toEqual([BATCH]));
    expect(await screen.findByText("Werft")).toBeTruthy();
  });

  it("is not begun while a column has no place", async () => {
    const columns = [{ column: "Farbe", target: null, by: null, samples: ["rot"] }];
    open(() => report({ columns }));
    await choose();
    const start = await screen.findByRole<HTMLButtonElement>("button", {
      name: "Import 2 records",
    });
    expect(start.disabled).toBe(true);
    expect(screen.getByRole("combobox", { name: "Farbe goes to" })).toBeTruthy();
  });
});

describe("the places of a column", () => {
  const words = { ignore: "-", externalId: "x", id: "id" };

  it("are the fields of the record and of its rows", () => {
    const places = placesOf(CUSTOMER, ({ en }) => en, words);
    expect(places[0]?.value).toBe("ignore");
    expect(places).toContainEqual({ value: "customer_contact.1.phone", label: "Contact: Phone" });
    expect(withChosen(places, "not active").at(-1)?.value).toBe("not active");
    expect(withChosen(places, "code")).toBe(places);
  });
});
