import type { RoundEntry, SyncPage } from "@daybook/shared/generated/contract";
import { engineDouble } from "@daybook/shared/testing/double";
import { CUSTOMER, status } from "@daybook/shared/testing/samples";
import { Stage } from "@daybook/shared/testing/Stage";
import { render, screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { SyncScreen } from "./SyncScreen";

const round = (minute: number, part: Partial<RoundEntry> = {}): RoundEntry => {
  const at = new Date(Date.UTC(2026, 10, 21, 7, minute)).toISOString();
  return { first: at, last: at, times: 1, pushed: 0, pulled: 0, failure: null, ...part };
};

const AWAY = round(30, {
  times: 4,
  failure: { code: "unreachable", message: "no route to host", problems: [] },
});

function open(part: Partial<SyncPage>) {
  engineDouble({
    status: () => ({ reply: "status", with: status() }),
    describe: () => ({ reply: "entities", with: [CUSTOMER] }),
    sync_page: () => ({
      reply: "sync_page",
      with: {
        waiting: [],
        sent: [],
        rounds: [],
        files: { here: 3, here_bytes: 2048, absent: 2, absent_bytes: 4096, to_send: 1 },
        server: "https://hub.example",
        device: "T14",
        file_bytes: 1024,
        ...part,
      },
    }),
    sync: () => ({
      reply: "round",
      with: { pushed: 1, pulled: 2, receipts: [], attention: 0 },
    }),
  });
  render(
    <Stage>
      <SyncScreen onOpen={vi.fn()} onBack={vi.fn()} />
    </Stage>,
  );
}

it("says in words what works without a network, until when, and what is not here", async () => {
  open({});
  await screen.findByText(/Everything you may do works without a network until/);
  screen.getByText(/Find, read, enter/);
  screen.getByText(/2 not here yet \(4/);
  screen.getByText(/1 still to be sent/);
});

it("tells why the last round did not come through and what to do, until one does", async () => {
  const user = userEvent.setup();
  open({ rounds: [AWAY, round(10, { pushed: 2, pulled: 5 }), round(5)] });
  const alert = await screen.findByRole("alert");
  within(alert).getByText("The sync server does not answer");
  within(alert).getByText(/Check the network/);
  const [, first, second, third] = within(
    screen.getByRole("region", { name: "Rounds" }),
  ).getAllByRole("row");
  expect(first?.textContent).toMatch(/4 times.*The sync server does not answer/);
  expect(second?.textContent).toMatch(/25done$/);
  expect(third?.textContent).toMatch(/nothing new$/);
  await user.keyboard("{F9}");
  await screen.findByText("Sent 1, received 2.");
  expect(screen.queryByRole("alert")).toBeNull();
});

it("shows every round where that is asked for", async () => {
  const user = userEvent.setup();
  open({ rounds: Array.from({ length: 20 }, (_, minute) => round(minute, { pushed: 1 })) });
  await user.click(await screen.findByRole("button", { name: "Show all 20" }));
  expect(within(screen.getByRole("region", { name: "Rounds" })).getAllByRole("row")).toHaveLength(
    21,
  );
});

it("an export that waits is called so, and opens nothing", async () => {
  const note = { op_id: "1", row_id: "2", title: "", occurred_at: AWAY.last, receipt: null };
  open({ waiting: [{ ...note, kind: "export_note.create", entity: "export_note" }] });
  const row = (await screen.findByText("A list was exported")).closest("tr");
  expect(row?.querySelector("button")).toBeNull();
});
