import type { AttentionItem } from "@daybook/shared/generated/contract";
import { remember } from "@daybook/shared/platform/memory";
import { engineDouble } from "@daybook/shared/testing/double";
import { CUSTOMER, customer, status } from "@daybook/shared/testing/samples";
import { Stage } from "@daybook/shared/testing/Stage";
import { render, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { AttentionScreen } from "./AttentionScreen";

const ITEM: AttentionItem = {
  id: "0197-item",
  entity: "customer",
  row_id: "0197-moeller",
  title: "Möller GmbH",
  kind: "review",
  fields: {
    "*": { mine: "update", theirs: null, base: null },
    city: { mine: "Bonn", theirs: "Essen", base: "Kiel" },
  },
  message: "",
  reasons: [
    {
      field: "",
      rule: "review_lease_over",
      message: "came after the time for which the device could work without the sync server",
      params: { role: "manager" },
    },
  ],
  by_user: "0197-ben",
  by_name: "Ben Okafor",
  record_version: 4,
  since: "2026-11-21T09:00:00Z",
};

function open(item: Partial<AttentionItem> = {}, language: "en" | "de" = "en") {
  remember("language", language);
  const { asked } = engineDouble({
    status: () => ({ reply: "status", with: status() }),
    describe: () => ({ reply: "entities", with: [CUSTOMER] }),
    attention_list: () => ({ reply: "attention", with: [{ ...ITEM, ...item }] }),
    attention_review: () => ({ reply: "attention", with: [] }),
    get: () => ({ reply: "record", with: customer({ city: "Essen" }) }),
  });
  render(
    <Stage>
      <AttentionScreen onOpen={vi.fn()} onBack={vi.fn()} />
    </Stage>,
  );
  return () => asked.filter(({ command }) => command === "attention_review");
}

it("whoever decides is told who, what, why, what was meant and what stands", async () => {
  open();
  await screen.findByText(/by Ben Okafor/);
  await screen.findByText("Changed");
  const why = (await screen.findByText("Why")).parentElement;
  expect(within(why ?? document.body).getByText(/^came after the time/)).toBeTruthy();
  const row = (await screen.findByRole("row", { name: /^City/ })).textContent;
  expect(row).toBe("CityBonnEssenKiel");
});

it("and applies it beside the version that was shown", async () => {
  const asked = open();
  await userEvent.click(await screen.findByRole("button", { name: /^Apply/ }));
  await waitFor(() => expect(asked()).toMatchObject([{ with: { shown: 4, apply: true } }]));
});

it("or returns it with a reason, by keyboard alone", async () => {
  const asked = open();
  await screen.findByRole("button", { name: /^Return/ });
  await userEvent.keyboard("{Alt>}r{/Alt}");
  await userEvent.keyboard("we have it already{Enter}");
  await waitFor(() =>
    expect(asked()).toMatchObject([{ with: { apply: false, reason: "we have it already" } }]),
  );
});

it("its author sees with whom it waits, and nothing to decide", async () => {
  open({ kind: "in_review", by_user: null, by_name: null }, "de");
  await screen.findByText(/etwa: Leitung\.$/);
  await screen.findByText(/^kam nach der Zeit/);
  expect(screen.queryByRole("button", { name: /^Übernehmen/ })).toBeNull();
});

it("where nobody may decide, that is said", async () => {
  open({ kind: "in_review", reasons: [] });
  await screen.findByText(/^Nobody may decide/);
});
