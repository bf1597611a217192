import type { ProposalView } from "@daybook/shared/generated/contract";
import { engineDouble } from "@daybook/shared/testing/double";
import { CUSTOMER, customer, status } from "@daybook/shared/testing/samples";
import { Stage } from "@daybook/shared/testing/Stage";
import { RouterProvider } from "@tanstack/react-router";
import { render, screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, it } from "vitest";
import { router } from "./router";

/** The city of a customer stands in for a field that two people answer for. */
const WAITING: ProposalView = {
  entity: "customer",
  record: customer().id,
  title: "Möller GmbH",
  id: "p1",
  proposed: { city: "Bonn" },
  standing: { city: "Kiel" },
  proposed_by: null,
  proposed_by_name: null,
  elsewhere: [],
  proposed_at: "2026-11-20T08:00:00Z",
  own: false,
  cooling_hours: 24,
  kept_in: "supplier_bank_change",
  hold_until: "payment_hold_until",
  may_approve: true,
  may_refuse: true,
};
const ANOTHER = { ...WAITING, id: "p0", record: "0197-other", title: "Other AG" };
const OWN = { ...WAITING, id: "p2", own: true, may_approve: false };

function open(given: ProposalView[], afterSave: ProposalView[]) {
  let waiting = given;
  engineDouble({
    status: () => ({ reply: "status", with: status() }),
    describe: () => ({ reply: "entities", with: [CUSTOMER] }),
    list: () => ({ reply: "list", with: { records: [customer()], total: 1 } }),
    totals: () => ({ reply: "totals", with: { sums: {} } }),
    views: () => ({ reply: "views", with: [] }),
    get: () => ({ reply: "record", with: customer() }),
    approvals: () => ({ reply: "approvals", with: waiting }),
    save: () => {
      waiting = afterSave;
      return { reply: "saved", with: { record: customer(), warnings: [] } };
    },
  });
  render(
    <Stage>
      <RouterProvider router={router} />
    </Stage>,
  );
  void router.navigate({
    to: "/list/$entity/$id",
    params: { entity: "customer", id: customer().id },
  });
}

it("leads from the form to the proposal of this very record, and counts in the menu", async () => {
  open([ANOTHER, WAITING], []);
  const menu = await screen.findByRole("navigation", { name: "Modules" });
  await within(menu).findByRole("link", { name: "Approvals 2" });
  await userEvent.click(await screen.findByRole("button", { name: "Show what waits" }));
  await screen.findByRole("heading", { level: 1, name: "Waiting for approval" });
  await screen.findByRole("heading", { level: 2, name: "Möller GmbH" });
  await userEvent.click(screen.getByRole("button", { name: "Open the record" }));
  await screen.findByRole("heading", { level: 1, name: "Möller GmbH" });
});

it("tells who saves that the change waits, and keeps what stood in the form", async () => {
  open([], [OWN]);
  await screen.findByRole("heading", { level: 1, name: "Möller GmbH" });
  await userEvent.keyboard("{F2}");
  const city = await screen.findByRole("textbox", { name: "City" });
  await userEvent.clear(city);
  await userEvent.type(city, "Bonn");
  await userEvent.keyboard("{Control>}s{/Control}");
  await screen.findByText(/waits for the approval of a second person/);
  const note = await screen.findByRole("note");
  expect(note.textContent).toMatch(/proposed by you.*CityBonn/);
  expect(screen.getByLabelText("City").textContent).toBe("Kiel");
});

it("is a place that the palette finds", async () => {
  open([WAITING], []);
  await screen.findByRole("heading", { level: 1, name: "Möller GmbH" });
  await userEvent.keyboard("{Control>}k{/Control}");
  await userEvent.type(await screen.findByRole("combobox"), "approvals");
  await screen.findByRole("option", { name: /Waiting for approval/ });
  await userEvent.keyboard("{Enter}");
  await screen.findByRole("heading", { level: 1, name: "Waiting for approval" });
});
