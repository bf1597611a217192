import type { AttentionItem, HistoryPage } from "@daybook/shared/generated/contract";
import { engineDouble } from "@daybook/shared/testing/double";
import { CUSTOMER, customer, MARA, status } from "@daybook/shared/testing/samples";
import { Stage } from "@daybook/shared/testing/Stage";
import { render, screen } from "@testing-library/react";
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
  open({});
  expect((await screen.findAllByText(/Changed on two computers/)).length).toBe(2);
  await screen.findByText(/^You, on another computer · .*2026.* · Office-PC$/);
  expect(screen.queryByText(/two people/)).toBeNull();
});

it("somebody else is named with time and device where the sync server tells them", async () => {
  open({ by_user: "0197-ben" });
  await screen.findByText(/^Ben Okafor · .*2026.* · Office-PC$/);
  expect(screen.getAllByText(/Changed by two people/).length).toBe(2);
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
