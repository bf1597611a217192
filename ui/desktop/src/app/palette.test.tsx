import type { Command } from "@daybook/shared/generated/contract";
import { engineDouble } from "@daybook/shared/testing/double";
import { CUSTOMER, customer, status } from "@daybook/shared/testing/samples";
import { Stage } from "@daybook/shared/testing/Stage";
import { RouterProvider } from "@tanstack/react-router";
import { render, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, it } from "vitest";
import { router } from "./router";

/** The window, with habits that are kept while the test runs. */
function open(habits: Record<string, string> = {}) {
  const record = customer();
  const { asked } = engineDouble({
    status: () => ({ reply: "status", with: status() }),
    describe: () => ({ reply: "entities", with: [CUSTOMER] }),
    list: () => ({ reply: "list", with: { records: [record], total: 1 } }),
    totals: () => ({ reply: "totals", with: { sums: {} } }),
    views: () => ({ reply: "views", with: [] }),
    get: () => ({ reply: "record", with: record }),
    approvals: () => ({ reply: "approvals", with: [] }),
    attachments: () => ({ reply: "attachments", with: [] }),
    drafts: () => ({ reply: "drafts", with: [] }),
    search: () => ({ reply: "hits", with: [] }),
    habit: ({ with: { name } }) => ({ reply: "habit", with: habits[name] ?? null }),
    keep_habit: ({ with: { name, value } }) => {
      if (value !== null) habits[name] = value;
      return { reply: "habit", with: value };
    },
  });
  render(
    <Stage>
      <RouterProvider router={router} />
    </Stage>,
  );
  return { habits, asked, record };
}

const kept = (asked: Command[], name: string) =>
  asked.flatMap((command) =>
    command.command === "keep_habit" && command.with.name === name ? [command.with.value] : [],
  );

it("offers what the screen below can do, with its keys, and does it", async () => {
  const user = userEvent.setup();
  open();
  void router.navigate({ to: "/list/$entity", params: { entity: "customer" } });
  await screen.findByRole("heading", { level: 1, name: "Customers" });
  await user.keyboard("{Control>}k{/Control}");
  await screen.findByRole("option", { name: /Export the list as it stands Alt\+X/ });
  await user.type(await screen.findByRole("combobox"), "exprot{Enter}");
  await screen.findByRole("dialog", { name: "Export Customers" });
});

it.each([
  ["german", "Language: Deutsch"],
  ["deutsch", "Language: Deutsch"],
  ["english", "Language: English"],
  ["Sprache", "Language: Deutsch"],
  ["doppelt", "Duplicates"],
  ["duplicates", "Duplicates"],
  ["Kunden", "Customers"],
  ["dunkel", "Theme: Dark"],
  ["Excel", "Export Customers"],
  ["abmelden", "Sign out"],
])("finds by %s, in whichever language one thinks, %s", async (typed, found) => {
  const user = userEvent.setup();
  open();
  void router.navigate({ to: "/settings" });
  await screen.findByRole("heading", { level: 1, name: "Settings" });
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByRole("combobox", { name: "Search or go to" }), typed);
  expect(
    (await screen.findAllByRole("option", { name: new RegExp(found) })).length,
  ).toBeGreaterThan(0);
});

it("exports a list from wherever one is, and the one that is open", async () => {
  const user = userEvent.setup();
  open();
  for (const place of ["/settings", "/list/customer"]) {
    void router.navigate({ to: place });
    await waitFor(() => expect(router.state.location.pathname).toBe(place));
    await screen.findByRole("main", { name: "Work" });
    await user.keyboard("{Control>}k{/Control}");
    await user.type(
      await screen.findByRole("combobox", { name: "Search or go to" }),
      "export cust",
    );
    await user.keyboard("{Enter}");
    await screen.findByRole("dialog", { name: "Export Customers" });
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  }
});

it("offers what was opened last, before anything is typed", async () => {
  const user = userEvent.setup();
  const { habits, record } = open();
  void router.navigate({ to: "/list/$entity/$id", params: { entity: "customer", id: record.id } });
  await screen.findByRole("heading", { level: 1, name: "Möller GmbH" });
  await waitFor(() => expect(habits.recent).toContain(record.id));
  void router.navigate({ to: "/settings" });
  await screen.findByRole("heading", { level: 1, name: "Settings" });
  await user.keyboard("{Control>}k{/Control}");
  const option = await screen.findByRole("option", { name: /Möller GmbH/ });
  await user.click(option);
  await screen.findByRole("heading", { level: 1, name: "Möller GmbH" });
});

it("begins where one was, and keeps at once where one goes", async () => {
  const { asked } = open({ place: '"@home"' });
  void router.navigate({ to: "/" });
  await screen.findByRole("heading", { level: 1, name: "Home" });
  void router.navigate({ to: "/list/$entity", params: { entity: "customer" } });
  await screen.findByRole("heading", { level: 1, name: "Customers" });
  await waitFor(() => expect(kept(asked, "place").at(-1)).toBe('"customer"'));
});
