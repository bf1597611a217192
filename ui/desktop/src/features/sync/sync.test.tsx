import type { RoundEntry, SignIn, Status, SyncPage } from "@daybook/shared/generated/contract";
import { engineDouble } from "@daybook/shared/testing/double";
import { CUSTOMER, status } from "@daybook/shared/testing/samples";
import { Stage } from "@daybook/shared/testing/Stage";
import { cleanup, render, screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { SyncScreen } from "./SyncScreen";

const round = (minute: number, part: Partial<RoundEntry> = {}): RoundEntry => {
  const at = new Date(Date.UTC(2026, 10, 21, 7, minute)).toISOString();
  return {
    first: at,
    last: at,
    times: 1,
    pushed: 0,
    pulled: 0,
    line: { sent: 0, received: 0 },
    stopped: null,
    failure: null,
    ...part,
  };
};

const AWAY = round(30, {
  times: 4,
  failure: { code: "unreachable", message: "no route to host", problems: [] },
});

function open(
  part: Partial<SyncPage>,
  standing: Partial<Status> = {},
  signsIn: (request: SignIn) => void = vi.fn(),
) {
  engineDouble({
    sign_in: ({ with: request }) => {
      signsIn(request);
      throw { code: "unreachable", message: "away", problems: [] };
    },
    status: () => ({ reply: "status", with: status(standing) }),
    describe: () => ({ reply: "entities", with: [CUSTOMER] }),
    sync_page: () => ({
      reply: "sync_page",
      with: {
        waiting: [],
        sent: [],
        rounds: [],
        files: { here: 3, here_bytes: 2048, absent: 2, absent_bytes: 4096, to_send: 1 },
        courier: { possible: true, written: null, read: null },
        server: "https://hub.example",
        device: "T14",
        file_bytes: 1024,
        ...part,
      },
    }),
    sync: () => ({
      reply: "round",
      with: {
        pushed: 1,
        pulled: 2,
        line: { sent: 600, received: 400 },
        stopped: null,
        receipts: [],
        attention: 0,
      },
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

it("says how many codes the device can still give without a network", async () => {
  const plural = { en: "Customers", de: "Kunden" };
  const numbers = [
    { entity: "customer", plural, stem: "K26-", left: 70, from: "2026-01-01", to: "2026-12-31" },
    { entity: "customer", plural, stem: "B-", left: 0, from: null, to: null },
  ];
  open({}, { numbers });
  await screen.findByText("Customers K26-…: 70 left, until 12/31/2026");
  screen.getByText("Customers B-…: none left; new ones are saved without");
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
  expect(second?.textContent).toMatch(/25.*done$/);
  expect(third?.textContent).toMatch(/nothing new$/);
  await user.keyboard("{F9}");
  await screen.findByText("Sent 1, received 2.");
  expect(screen.queryByRole("alert")).toBeNull();
});

it("shows how far a round is, both ways", async () => {
  open({}, { step: { step: "sending", sent: 300, left: 200 } });
  await screen.findByText("Sending: 300 of 500 changes");
  expect(screen.getByRole("progressbar").getAttribute("aria-valuenow")).toBe("60");
  cleanup();
  open({}, { step: { step: "receiving", rows: 2000, expected: 8000 } });
  await screen.findByText("Receiving: 2,000 of about 8,000 records");
  cleanup();
  open({}, { step: { step: "receiving", rows: 2000, expected: null } });
  await screen.findByText("Receiving: 2,000 records so far");
});

it("a round that stopped at its limit is no trouble: it says what is left and when it goes on", async () => {
  const stopped = { limit: 2e6, to_send: 1, kept: 12_000, to_receive: 38_000, goes_on: null };
  const next = new Date(Date.now() + 3_600_000).toISOString();
  open({ rounds: [round(30, { stopped, pulled: 0 })] }, { next_round: next });
  const note = await screen.findByText(/^Stopped at its limit of 2 MB; goes on at/);
  expect(note.textContent).toMatch(
    /1 change is .* 12,000 records came .* 38,000 records are still/,
  );
  expect(screen.queryByRole("alert")).toBeNull();
  screen.getByText("stopped at its limit");
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

const twice = { refused: "in use twice", refused_code: "two_copies" as const };

it("says of two copies what happened and what is safe, and asks for the password before anything is said", async () => {
  const user = userEvent.setup();
  const asked = vi.fn();
  open({}, twice, (request) => asked(request.among_copies, request.password));
  const note = await screen.findByRole("region", { name: "This Daybook is in use twice" });
  within(note).getByText(/Nothing you entered is lost, here or there/);
  within(note).getByText(/on either of the two/);
  await user.click(within(note).getByRole("button", { name: /^This is the original/ }));
  expect(asked).not.toHaveBeenCalled();
  const password = within(note).getByLabelText("Password");
  expect(document.activeElement).toBe(password);
  await user.type(password, "correct horse");
  await user.click(within(note).getByRole("button", { name: /^This is the copy/ }));
  expect(asked).toHaveBeenLastCalledWith("copy", "correct horse");
  // Enter says what a person whose machine was set back has to say.
  await user.type(password, "{Enter}");
  expect(asked).toHaveBeenLastCalledWith("original", "correct horse");
});

it("offers a copy only what is left for it", async () => {
  open({}, { refused: "a copy", refused_code: "is_copy" });
  const title = "This is a copy of a Daybook on another computer";
  const note = await screen.findByRole("region", { name: title });
  within(note).getByRole("button", { name: /^This is the copy/ });
  expect(within(note).queryByRole("button", { name: /^This is the original/ })).toBeNull();
});
