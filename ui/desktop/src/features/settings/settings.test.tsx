import type { SyncPlan } from "@daybook/shared/generated/contract";
import { engineDouble } from "@daybook/shared/testing/double";
import { Stage } from "@daybook/shared/testing/Stage";
import { remember } from "@daybook/shared/platform/memory";
import { render, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, expect, it } from "vitest";
import { SyncSettings } from "./SyncSettings";

const PLAN: SyncPlan = { often: { when: "live" }, quiet: null, limit: null, proxy: null };

function open(kept: SyncPlan = PLAN, refuse?: () => never) {
  const double = engineDouble({
    sync_plan: () => ({ reply: "sync_plan", with: kept }),
    keep_sync_plan: (request) => {
      if (request.with.proxy !== null) refuse?.();
      return { reply: "sync_plan", with: request.with };
    },
  });
  render(
    <Stage>
      <SyncSettings />
    </Stage>,
  );
  const last = () => {
    const asked = double.asked.at(-1);
    return asked?.command === "keep_sync_plan" ? asked.with : undefined;
  };
  return { user: userEvent.setup(), last };
}

afterEach(() => remember("language", "en"));

it("a branch syncs every four hours, not at night, and two megabytes at a time", async () => {
  const { user, last } = open();
  await user.click(await screen.findByText("Every 4 hr"));
  await user.click(screen.getByText("From … until"));
  await screen.findByLabelText("Quiet from");
  await user.click(screen.getByText("2 MB"));
  const quiet = { from: "20:00", until: "06:00" };
  const often = { when: "every", seconds: 14_400 };
  await waitFor(() => expect(last()).toEqual({ ...PLAN, often, quiet, limit: 2_000_000 }));
  const until = screen.getByLabelText("Quiet until");
  await user.clear(until);
  await user.type(until, "07:30");
  await user.tab();
  await waitFor(() => expect(last()?.quiet).toEqual({ from: "20:00", until: "07:30" }));
});

it("what was set elsewhere is offered as it is", async () => {
  open({ ...PLAN, often: { when: "every", seconds: 7200 }, limit: 300_000 });
  expect((await screen.findByRole<HTMLInputElement>("radio", { name: "Every 2 hr" })).checked).toBe(
    true,
  );
  expect(screen.getByRole<HTMLInputElement>("radio", { name: "300 kB" }).checked).toBe(true);
});

it("an address that is none is refused beside the field, in the person's language", async () => {
  remember("language", "de");
  const { user } = open(PLAN, () => {
    const problem = { field: "proxy", rule: "not_a_proxy", message: "no address", params: {} };
    throw { code: "refused", message: "no address", problems: [problem] };
  });
  const section = await screen.findByRole("region", { name: "Proxy" });
  await user.type(within(section).getByRole("textbox"), "proxy{Enter}");
  const alert = await within(section).findByRole("alert");
  expect(alert.textContent).toMatch(/keine Adresse eines Proxys/);
});
