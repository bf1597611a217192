import type { Command, ImportReport, ImportUndone } from "@daybook/shared/generated/contract";
import { engineDouble } from "@daybook/shared/testing/double";
import { CUSTOMER } from "@daybook/shared/testing/samples";
import { remember } from "@daybook/shared/platform/memory";
import { Stage } from "@daybook/shared/testing/Stage";
import { emit } from "@tauri-apps/api/event";
import { act, render, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ImportScreen } from "./ImportScreen";
import { gathered, ranges } from "./findings";
import { placesOf, placeText, withChosen } from "./targets";
import { clear } from "./work";

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
    awaiting_approval: 0,
    problems: [
      {
        line: 4,
        column: "Land",
        value: "Atlantis",
        field: "country",
        rule: "country_unknown",
        message: "No country is called “Atlantis”.",
      },
    ],
    notes: [
      {
        line: 2,
        column: "Land",
        rule: "country_name",
        message: '"UK" is read as GB',
        words: ["UK", "GB"],
        count: 2,
      },
    ],
    batch: null,
    cancelled: false,
    ...part,
  };
}

const problem = (line: number) => ({
  line,
  column: "Tel",
  value: "none",
  field: "phone",
  rule: "phone_form",
  message: "is no phone number",
});

type Asked = Extract<Command, { command: "import" }>["with"];

function open(preview: (asked: Asked) => ImportReport, back: Partial<ImportUndone> = {}) {
  const looked: Asked[] = [];
  const undone: string[] = [];
  const { asked } = engineDouble({
    import_batches: () => ({ reply: "import_batches", with: [] }),
    import_preview: ({ with: request }) => {
      looked.push(request);
      return { reply: "import", with: preview(request) };
    },
    import: ({ with: request }) => ({
      reply: "import",
      with: { ...preview(request), dry_run: false, batch: BATCH },
    }),
    import_undo: ({ with: { batch } }) => {
      undone.push(batch);
      const left = [
        { id: "0197-x", title: "Werft", rule: "changed_since", message: "was changed" },
      ];
      const counts = { retired: 1, restored: 0, withdrawn: 0, proposed_anew: 0 };
      return { reply: "import_undone", with: { ...counts, left, cancelled: false, ...back } };
    },
  });
  const onOpen = vi.fn<(id: string) => void>();
  const onApprovals = vi.fn<() => void>();
  const { unmount } = render(
    <Stage>
      <ImportScreen entity={CUSTOMER} onBack={vi.fn()} onOpen={onOpen} onApprovals={onApprovals} />
    </Stage>,
  );
  return { looked, undone, asked, onOpen, onApprovals, leave: unmount };
}

async function choose() {
  const file = new File(["Nummer;Land\nK1;UK\n"], "kunden.csv", { type: "text/csv" });
  await userEvent.upload(screen.getByLabelText("File to import"), file);
}

afterEach(() => clear("customer"));

describe("an import", () => {
  it("shows what would come of a file, imports it, and takes it back", async () => {
    const { looked, undone } = open(() => report());
    await choose();
    const start = await screen.findByRole("button", { name: "Import 2 records" });
    expect(atob(looked[0]?.content ?? "")).toBe("Nummer;Land\nK1;UK\n");
    const errors = screen.getByRole("table", { name: "Errors" });
    expect(within(errors).getByText("4")).toBeTruthy();
    expect(within(errors).getByText("Atlantis")).toBeTruthy();
    expect(screen.getByText(/“UK” is read as GB/)).toBeTruthy();
    await userEvent.click(start);
    await userEvent.click(await screen.findByRole("button", { name: "Take back" }));
    const ask = await screen.findByRole("dialog");
    await userEvent.click(within(ask).getByRole("button", { name: "Take back" }));
    await waitFor(() => expect(undone).toEqual([BATCH]));
    expect(await screen.findByText("Werft")).toBeTruthy();
    expect(screen.getByText("was changed since")).toBeTruthy();
  });

  it("says how many bank accounts wait for a second person, before and after", async () => {
    const waiting = () => report({ awaiting_approval: 3 });
    const { onApprovals } = open(waiting, { withdrawn: 3, proposed_anew: 1, left: [] });
    await choose();
    await screen.findByText(/3 bank accounts will wait for the approval of a second person/);
    await userEvent.click(await screen.findByRole("button", { name: "Import 2 records" }));
    await screen.findByText(/3 bank accounts wait for the approval of a second person/);
    await userEvent.click(screen.getByRole("button", { name: "Show what waits" }));
    expect(onApprovals).toHaveBeenCalled();
    await userEvent.click(await screen.findByRole("button", { name: "Take back" }));
    const ask = await screen.findByRole("dialog");
    await userEvent.click(within(ask).getByRole("button", { name: "Take back" }));
    await screen.findByText(/3 bank accounts that the import had proposed are withdrawn/);
    await screen.findByText(/1 bank account that waited before the import is proposed anew/);
  });

  it("of a file that is dropped is read by its path", async () => {
    const { looked } = open(() => report());
    await screen.findByText("Drop a file here");
    const drop = { paths: ["/home/ada/kunden.csv"], position: { x: 0, y: 0 } };
    await act(() => emit("tauri://drag-drop", drop));
    await screen.findByRole("button", { name: "Import 2 records" });
    expect(looked[0]).toMatchObject({ file: "/home/ada/kunden.csv", content: null });
    expect(screen.getByText("kunden.csv")).toBeTruthy();
  });

  it("gives every record what the file does not say", async () => {
    const { looked } = open(() => report());
    await choose();
    await userEvent.click(await screen.findByRole("combobox", { name: "Field for every record" }));
    await userEvent.click(await screen.findByTitle("E-mail"));
    await userEvent.type(screen.getByLabelText("Value for every record"), "a@b.example{Enter}");
    await waitFor(() => expect(looked.at(-1)?.options.set).toEqual({ email: "a@b.example" }));
    expect(await screen.findByRole("button", { name: "No E-mail for every record" })).toBeTruthy();
  });

  it("goes on while its screen is closed, and is found again as it was", async () => {
    const { leave } = open(() => report());
    await choose();
    await screen.findByRole("button", { name: "Import 2 records" });
    leave();
    open(() => report());
    expect(await screen.findByRole("button", { name: "Import 2 records" })).toBeTruthy();
    expect(screen.getByText("kunden.csv")).toBeTruthy();
  });

  it("names a record that is like a row once, with its code, and opens it", async () => {
    const note = (fields: string) => ({
      line: 2,
      column: null,
      rule: "duplicate",
      message: "is it the same?",
      words: ["Werft", fields, "K7", "0197-werft"],
      count: 1,
    });
    const { onOpen } = open(() => report({ notes: [note("email"), note("name,city")] }));
    await choose();
    const list = await screen.findByRole("list", { name: "May be there already" });
    expect(within(list).getAllByRole("listitem")).toHaveLength(1);
    within(list).getByText("(same E-mail, Name + City)");
    await userEvent.click(within(list).getByRole("button", { name: "Werft · K7" }));
    expect(onOpen).toHaveBeenCalledWith("0197-werft");
  });

  it("is not begun while a column has no place", async () => {
    const columns = [{ column: "Farbe", target: null, by: null, samples: ["rot"] }];
    open(() => report({ columns }));
    await choose();
    const start = await screen.findByRole<HTMLButtonElement>("button", {
      name: "Import 2 records",
    });
    expect(start.disabled).toBe(true);
    const lead = screen.getByRole("button", { name: "Say first where the marked column goes." });
    Element.prototype.scrollIntoView = vi.fn();
    await userEvent.click(lead);
    expect(document.activeElement).toBe(screen.getByRole("combobox", { name: "Farbe goes to" }));
    expect(screen.getByRole("combobox", { name: "Farbe goes to" })).toBeTruthy();
  });
});

describe("a row that stands twice", () => {
  afterEach(() => localStorage.clear());

  it.each([
    ["en", "with other values (City)", "means the same record as line 2 and is left out"],
    ["de", "aber mit anderen Werten (Ort)", "Datensatz wie Zeile 2 und wird weggelassen"],
  ])("names the other line, in %s", async (language, differing, same) => {
    remember("language", language);
    const message = "means the same record as line 2 with another city, so neither is imported";
    const problems = [{ ...problem(3), rule: "double_row_differs", message }];
    const notes = [
      { line: 4, column: "Tel", rule: "same_row", message: "", words: ["2"], count: 1 },
    ];
    open(() => report({ problems, notes }));
    const file = new File(["Tel\n1\n"], "kunden.csv", { type: "text/csv" });
    await userEvent.upload(
      screen.getByLabelText(language === "de" ? "Datei zum Importieren" : "File to import"),
      file,
    );
    const told = await screen.findByText((text) => text.includes(differing));
    expect(told.textContent).toMatch(/(line|Zeile) 2/);
    expect(screen.getByText((text) => text.includes(same))).toBeTruthy();
  });
});

describe("the places of a column", () => {
  const words = { ignore: "-", externalId: "x", id: "id" };

  it("are the fields of the record and of its rows", () => {
    const places = placesOf(CUSTOMER, ({ en }) => en, words);
    expect(places[0]?.value).toBe("ignore");
    expect(places).toContainEqual({ value: "customer_contact.1.phone", label: "Contact: Phone" });
    expect(withChosen(places, "not active", "Active").at(-1)?.value).toBe("not active");
    expect(withChosen(places, "code", "Code")).toBe(places);
  });

  it("have a name in every form of the engine", () => {
    const named = (path: string) => placeText(CUSTOMER, ({ en }) => en, path);
    expect(named("customer_contact.1.phone")).toBe("Contact: Phone");
    expect(named("customer_contact.2.phone")).toBe("Contact 2: Phone");
    expect(named("customer_contact[0197-ab].phone")).toBe("Contact: Phone");
    expect(named("--set city")).toBe("City");
  });
});

describe("what is wrong in a file", () => {
  it("is told once for all its lines", () => {
    const of = (line: number) => ({
      ...problem(line),
      field: `customer_contact[id-${line}].phone`,
    });
    const told = gathered([of(2), of(3), { ...of(4), value: "7" }, of(9)]);
    expect(told.map(({ lines }) => lines)).toEqual([[2, 3, 9], [4]]);
    expect(ranges([2, 3, 4, 9, 11, 12])).toEqual([
      [2, 4],
      [9, 9],
      [11, 12],
    ]);
  });
});
