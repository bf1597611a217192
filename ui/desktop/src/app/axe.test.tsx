import type { RecordView } from "@daybook/shared/generated/contract";
import { engineDouble } from "@daybook/shared/testing/double";
import { CUSTOMER, customer, field, status } from "@daybook/shared/testing/samples";
import { Stage } from "@daybook/shared/testing/Stage";
import { RouterProvider } from "@tanstack/react-router";
import { render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import axe from "axe-core";
import { expect, it } from "vitest";
import { SignInPlace } from "../features/signin/SignInPlace";
import { router } from "./router";

const TREE = {
  ...CUSTOMER,
  name: "cost_centre",
  plural: { en: "Cost centres", de: "Kostenstellen" },
  tree: "parent",
  fields: [...CUSTOMER.fields, field("parent", { type: "reference", entity: "cost_centre" })],
};

const FILES = { here: 1, here_bytes: 10, absent: 1, absent_bytes: 20, to_send: 0 };

function engine(): void {
  const record: RecordView = customer();
  const since = "2026-11-20T08:00:00Z";
  engineDouble({
    status: () => ({ reply: "status", with: status({ attention: 1 }) }),
    describe: () => ({ reply: "entities", with: [CUSTOMER, TREE] }),
    list: () => ({ reply: "list", with: { records: [record], total: 1 } }),
    totals: () => ({ reply: "totals", with: { sums: {} } }),
    views: () => ({ reply: "views", with: [] }),
    get: () => ({ reply: "record", with: record }),
    blank: () => ({ reply: "record", with: { ...record, fields: { active: true }, children: {} } }),
    habit: () => ({ reply: "habit", with: null }),
    keep_habit: () => ({ reply: "habit", with: null }),
    search: () => ({ reply: "hits", with: [] }),
    sync_page: () => ({
      reply: "sync_page",
      with: {
        waiting: [],
        sent: [],
        rounds: [],
        files: FILES,
        courier: { possible: true, written: null, read: null },
        server: "https://hub.example",
        device: "T14",
        file_bytes: 1,
      },
    }),
    approvals: () => ({
      reply: "approvals",
      with: [
        {
          entity: "customer",
          record: record.id,
          title: "Möller GmbH",
          id: "p1",
          proposed: { city: "Bonn" },
          standing: { city: "Kiel" },
          proposed_by: null,
          proposed_by_name: null,
          elsewhere: [],
          proposed_at: since,
          own: false,
          may_approve: true,
          may_refuse: true,
          kept_in: "supplier_bank_change",
          hold_until: "payment_hold_until",
          cooling_hours: 24,
        },
      ],
    }),
    attention_list: () => ({
      reply: "attention",
      with: [
        {
          id: "a1",
          entity: "customer",
          row_id: record.id,
          title: "Möller GmbH",
          kind: "conflict",
          fields: { city: { mine: "Bonn", theirs: "Kiel", base: "Essen" } },
          message: "changed by two",
          reasons: [],
          by_user: null,
          by_name: null,
          since,
        },
      ],
    }),
  });
}

/** What axe finds that keeps somebody out; contrast needs a layout, and is looked at in the window. */
async function faults(): Promise<string[]> {
  const found = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
    resultTypes: ["violations"],
  });
  return found.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

async function show(path: string, heading: string): Promise<void> {
  engine();
  render(
    <Stage>
      <RouterProvider router={router} />
    </Stage>,
  );
  void router.navigate({ to: path });
  await screen.findByRole("heading", { level: 1, name: heading });
}

it.each([
  ["the list", "/list/customer", "Customers"],
  ["the tree", "/list/cost_centre", "Cost centres"],
  ["a record", "/list/customer/0197-moeller", "Möller GmbH"],
  ["a new record", "/list/customer/new", "New: Customer"],
  ["Attention", "/attention", "Attention"],
  ["what waits for approval", "/approvals", "Waiting for approval"],
  ["home", "/home", "Home"],
  ["the sync page", "/sync", "Sync"],
  ["the settings", "/settings", "Settings"],
])("%s keeps nobody out", async (_, path, heading) => {
  await show(path, heading);
  expect(await faults()).toEqual([]);
});

it.each([
  ["the edit of a record", "/list/customer/0197-moeller", "Möller GmbH", "{F2}"],
  [
    "the question before an approval",
    "/approvals",
    "Waiting for approval",
    "{Control>}{Enter}{/Control}",
  ],
  ["the question before a refusal", "/approvals", "Waiting for approval", "{Alt>}r{/Alt}"],
  ["the palette", "/sync", "Sync", "{Control>}k{/Control}"],
  ["the list of keys", "/sync", "Sync", "?"],
  ["the export", "/list/customer", "Customers", "{Alt>}x{/Alt}"],
  ["the views", "/list/customer", "Customers", "{Alt>}v{/Alt}"],
  ["the filter", "/list/customer", "Customers", "{Alt>}l{/Alt}"],
])("%s keeps nobody out", async (_, path, heading, keys) => {
  const user = userEvent.setup();
  await show(path, heading);
  await user.keyboard(keys);
  await new Promise((done) => setTimeout(done, 100));
  expect(await faults()).toEqual([]);
});

it("the sign-in keeps nobody out", async () => {
  engine();
  render(
    <Stage>
      <SignInPlace shut={null} onSignedIn={() => undefined} />
    </Stage>,
  );
  await screen.findByRole("heading", { name: "Sign in" });
  expect(await faults()).toEqual([]);
});

it("a control without a name would be found", async () => {
  const nameless = document.body.appendChild(document.createElement("button"));
  expect(await faults()).toHaveLength(1);
  nameless.remove();
});
