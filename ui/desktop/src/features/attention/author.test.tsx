import type { AttentionItem, HistoryPage } from "@daybook/shared/generated/contract";
import { Live } from "@daybook/shared/data/Live";
import { engineDouble, tell } from "@daybook/shared/testing/double";
import { CUSTOMER, customer, MARA, status } from "@daybook/shared/testing/samples";
import { Stage } from "@daybook/shared/testing/Stage";
import { render, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { AttentionScreen } from "./AttentionScreen";

const ITEM: AttentionItem = {
  id: "0197-item",
  entity: "customer",
  row_id: "0197-moeller",
  title: "Möller GmbH",
  kind: "conflict",
  fields: { city: { mine: "Bonn", theirs: "Essen", base: "Kiel" } },
  message: "",
  reasons: [],
  by_user: MARA,
  by_name: "Mara",
  since: "2026-11-21T09:00:00Z",
};

const HISTORY: HistoryPage = {
  entries: [
    {
      occurred_at: "2026-11-21T08:30:00Z",
      received_at: "2026-11-21T08:30:02Z",
      user_id: "0197-ben",
      user: "Ben Okafor",
      device: "Office-PC",
      action: "update",
      state: "recorded",
      changes: [{ field: "city", before: "Kiel", after: "Essen" }],
    },
  ],
  complete: true,
  titles: {},
};

function open(item: Partial<AttentionItem>, history: Partial<HistoryPage> = {}) {
  engineDouble({
    status: () => ({ reply: "status", with: status() }),
    describe: () => ({ reply: "entities", with: [CUSTOMER] }),
    attention_list: () => ({ reply: "attention", with: [{ ...ITEM, ...item }] }),
    get: () => ({ reply: "record", with: customer({ city: "Essen" }) }),
    history: () => ({ reply: "history", with: { ...HISTORY, ...history } }),
  });
  render(
    <Stage>
      <AttentionScreen onOpen={vi.fn()} onBack={vi.fn()} />
    </Stage>,
  );
}

it("one person at two computers is not called two people, and is told which and when", async () => {
  const own = HISTORY.entries.map((entry) => ({ ...entry, user_id: MARA, user: "Mara" }));
  open({}, { entries: own });
  expect((await screen.findAllByText(/Changed on two computers/)).length).toBe(2);
  await screen.findByText(/^You, on another computer · .*2026.* · Office-PC$/);
  expect(screen.queryByText(/two people/)).toBeNull();
});

it("somebody else is named with time and device where the sync server tells them", async () => {
  open({ by_user: "0197-ben" });
  await screen.findByText(/^Ben Okafor · .*2026.* · Office-PC$/);
  expect(screen.getAllByText(/Changed by two people/).length).toBe(2);
});

it("who wrote this field is named, and not who wrote another one since", async () => {
  open({ by_user: MARA, by_name: "Mara" });
  await screen.findByText(/^Ben Okafor · .*2026.* · Office-PC$/);
  expect(screen.queryByText(/You, on another computer/)).toBeNull();
});

it("where it is not sure who wrote it, nobody is named", async () => {
  open({ by_user: null, by_name: null }, { complete: false });
  await screen.findByText("Essen");
  expect(document.querySelector(".compared-by")).toBeNull();
});

it("a choice made beside one value is not kept beside another", async () => {
  let stands = { theirs: "Essen", version: 4 };
  const field = () => ({ mine: "Bonn", theirs: stands.theirs, base: "Kiel" });
  const { asked } = engineDouble({
    status: () => ({ reply: "status", with: status() }),
    describe: () => ({ reply: "entities", with: [CUSTOMER] }),
    attention_list: () => ({
      reply: "attention",
      with: [{ ...ITEM, record_version: stands.version, fields: { city: field() } }],
    }),
    attention_resolve: () => ({ reply: "attention", with: [] }),
    get: () => ({ reply: "record", with: customer({ city: stands.theirs }) }),
    history: () => ({ reply: "history", with: HISTORY }),
  });
  render(
    <Stage>
      <Live>
        <AttentionScreen onOpen={vi.fn()} onBack={vi.fn()} />
      </Live>
    </Stage>,
  );
  const mine = () => screen.findByRole("radio", { name: /What I wrote: Bonn/ });
  await userEvent.click(await mine());
  expect(await mine()).toHaveProperty("checked", true);
  stands = { theirs: "Ulm", version: 5 };
  await tell({ event: "changed", with: { entity: "customer", ids: [ITEM.row_id] } });
  await screen.findByText("Ulm");
  expect(await mine()).toHaveProperty("checked", false);
  await userEvent.click(await mine());
  await userEvent.click(screen.getByRole("button", { name: /Use this choice/ }));
  await waitFor(() =>
    expect(asked.find(({ command }) => command === "attention_resolve")).toMatchObject({
      with: { shown: 5, decisions: [{ path: "city", keep: "mine" }] },
    }),
  );
});

it("without the sync server the other person is named from the list of users", async () => {
  open({ by_user: "0197-ben", by_name: "Ben Okafor" }, { complete: false });
  await screen.findByText("Ben Okafor");
});

it("who decided about one's proposal is named", async () => {
  open({ kind: "decided", fields: {}, by_user: "0197-ben", by_name: "Ben Okafor" });
  await screen.findByText(/since .* · by Ben Okafor/);
});

it("without the sync server only that it was somebody else is said", async () => {
  open({ by_user: "0197-ben", by_name: null }, { complete: false });
  await screen.findByText("A user (name not on this computer)");
});
