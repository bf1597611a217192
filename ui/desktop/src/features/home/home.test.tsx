import type { Status } from "@daybook/shared/generated/contract";
import { engineDouble } from "@daybook/shared/testing/double";
import { CUSTOMER, customer, status } from "@daybook/shared/testing/samples";
import { Stage } from "@daybook/shared/testing/Stage";
import { render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { HomeScreen } from "./HomeScreen";

const FAR = new Date(Date.now() + 20 * 24 * 3600 * 1000).toISOString();

function open(part: Partial<Status>, approvals = 0) {
  const record = customer();
  engineDouble({
    status: () => ({
      reply: "status",
      with: status({ rights: { valid_until: FAR, standing: "full" }, ...part }),
    }),
    describe: () => ({ reply: "entities", with: [CUSTOMER] }),
    habit: () => ({
      reply: "habit",
      with: JSON.stringify([{ entity: "customer", id: record.id }]),
    }),
    get: () => ({ reply: "record", with: record }),
  });
  const onGo = vi.fn();
  const onOpen = vi.fn();
  render(
    <Stage>
      <HomeScreen approvals={approvals} onGo={onGo} onOpen={onOpen} />
    </Stage>,
  );
  return { onGo, onOpen };
}

const waiting = async () => {
  await screen.findByRole("heading", { name: "What waits for you" });
  return screen
    .queryAllByRole("listitem")
    .map((item) => item.querySelector("strong")?.textContent)
    .filter(Boolean);
};

it("says that nothing waits, where nothing does", async () => {
  open({});
  await screen.findByText("Nothing waits for you");
  expect(await waiting()).toEqual([]);
});

it("puts the most urgent first, and leads there with one key", async () => {
  const user = userEvent.setup();
  const { onGo } = open({ attention: 2, pending: 3, online: false }, 1);
  await screen.findByText(/2 changes need/);
  expect(await waiting()).toEqual([
    "2 changes need a decision",
    "1 change waits for your approval",
    "3 changes are not on the sync server yet",
  ]);
  await user.keyboard("{Enter}");
  expect(onGo).toHaveBeenCalledWith("/attention");
});

it("speaks of work that is on its way only where it cannot go", async () => {
  open({ pending: 3 });
  await screen.findByText("Nothing waits for you");
});

it("tells of rights that end soon, and of a sync that is refused", async () => {
  const soon = new Date(Date.now() + 3600 * 1000).toISOString();
  open({ rights: { valid_until: soon, standing: "full" }, refused: "the tenant is suspended" });
  await screen.findByText(/Rights run out on/);
  expect((await waiting())[0]).toBe("Sync does not work");
  screen.getByText("the tenant is suspended");
});

it("leads back to what was opened last", async () => {
  const user = userEvent.setup();
  const { onOpen } = open({});
  await user.click(await screen.findByRole("button", { name: "Möller GmbH" }));
  expect(onOpen).toHaveBeenCalledWith("customer", customer().id);
});
