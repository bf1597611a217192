import type { Command } from "../generated/contract";
import { CUSTOMER } from "../testing/samples";
import { Stage } from "../testing/Stage";
import { mockIPC } from "@tauri-apps/api/mocks";
import { render, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { ExportDialog } from "./ExportDialog";

const FILTER = { field: "city", relation: "is", value: "Kiel" } as const;
const PLACE = "/home/mara/customers.csv";

/** The shell's dialog answers with `place`; the engine with what it was asked for. */
function open(place: string | null, refusal?: string) {
  const exported: Extract<Command, { command: "export" }>["with"][] = [];
  const asked: unknown[] = [];
  mockIPC(
    (name, payload) => {
      if (name === "plugin:dialog|save") {
        asked.push(payload);
        return place;
      }
      const { request } = payload as { request: Command };
      if (request.command !== "export") throw new Error(`no answer to ${request.command}`);
      exported.push(request.with);
      if (refusal) throw { code: "usage", message: refusal, problems: [] };
      const { entity, file, format, columns } = request.with;
      const answer = { entity, file, format, records: 2, columns: columns ?? ["id", "code"] };
      return { reply: "exported", with: answer };
    },
    { shouldMockEvents: true },
  );
  const onClose = vi.fn();
  render(
    <Stage>
      <ExportDialog
        entity={CUSTOMER}
        query={{ entity: "customer", search: " zim ", filters: [FILTER], retired: false }}
        sort="-name"
        columns={["name", "city"]}
        count={2}
        onClose={onClose}
      />
    </Stage>,
  );
  return { exported, asked, onClose };
}

it("takes out what is shown, to where the person says, and tells what was written", async () => {
  const user = userEvent.setup();
  const { exported, asked, onClose } = open(PLACE);
  await screen.findByText(/2 records, as the list stands/);
  await user.keyboard("{Control>}{Enter}{/Control}");
  await screen.findByText(PLACE);
  expect(JSON.stringify(asked)).toMatch(/customers-\d{4}-\d\d-\d\d\.csv/);
  expect(exported).toEqual([
    {
      entity: "customer",
      file: PLACE,
      format: "csv",
      filters: [FILTER],
      search: "zim",
      sort: "-name",
      columns: ["name", "city"],
      retired: false,
      decimal: "point",
      language: null,
    },
  ]);
  await user.keyboard("{Escape}");
  expect(onClose).toHaveBeenCalled();
});

it("writes numbers as the person's spreadsheet reads them", async () => {
  const user = userEvent.setup();
  const { exported } = open(PLACE);
  await user.click(await screen.findByText("1234,5"));
  await user.keyboard("{Control>}{Enter}{/Control}");
  await screen.findByText(PLACE);
  expect(exported).toMatchObject([{ format: "csv", decimal: "comma" }]);
  localStorage.removeItem("daybook.export.decimal");
});

it("takes out everything in another form where that is chosen, and remembers it", async () => {
  const user = userEvent.setup();
  const { exported } = open(PLACE);
  await user.click(await screen.findByText("All I may read"));
  await user.click(screen.getByText("Excel"));
  await user.click(screen.getByRole("button", { name: /Choose where/ }));
  await screen.findByText(PLACE);
  expect(exported[0]).toMatchObject({ format: "xlsx", columns: null, language: "en" });
  expect(localStorage.getItem("daybook.export.format")).toBe('"xlsx"');
  expect(localStorage.getItem("daybook.export.folder")).toBe('"/home/mara/"');
});

it("writes nothing for who thinks better of it, and says why nothing could be written", async () => {
  const user = userEvent.setup();
  const { exported, asked } = open(null);
  await screen.findByText(/2 records/);
  await user.keyboard("{Control>}s{/Control}");
  await waitFor(() => expect(asked).toHaveLength(1));
  expect(exported).toEqual([]);
  screen.getByRole("button", { name: /Choose where/ });
});

it("says why nothing was written", async () => {
  const user = userEvent.setup();
  open(PLACE, "there is no room");
  await screen.findByText(/2 records/);
  await user.keyboard("{Control>}s{/Control}");
  await screen.findByText(/there is no room/);
  screen.getByText("Nothing was written");
});
