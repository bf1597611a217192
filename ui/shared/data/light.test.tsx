import { render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Status } from "../generated/contract";
import { remember } from "../platform/memory";
import { engineDouble } from "../testing/double";
import { Stage } from "../testing/Stage";
import { status } from "../testing/samples";
import { useLight } from "./useLight";

function Light({ of }: { of: Status }) {
  const { shape, words } = useLight(of);
  return <p>{`${shape}: ${words}`}</p>;
}

function lit(part: Partial<Status>, language = "en"): string {
  remember("language", language);
  engineDouble({});
  render(
    <Stage>
      <Light of={status(part)} />
    </Stage>,
  );
  return screen.getByText(/: /).textContent;
}

beforeEach(() => {
  vi.spyOn(navigator, "languages", "get").mockReturnValue(["en-GB", "de-DE"]);
  vi.useFakeTimers({ now: new Date("2026-11-21T09:00:00Z"), toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the sync light says", () => {
  const gone = { online: false, offline_since: "2026-11-21T07:10:00Z" };

  it.each<[string, Partial<Status>]>([
    ["done: All saved · 09:41", {}],
    ["offline: 12 waiting · offline since 08:10", { ...gone, pending: 12 }],
    ["offline: Nothing waiting · offline since 08:10", gone],
    ["attention: 2 need attention", { attention: 2, pending: 3 }],
    ["attention: 1 needs attention · offline since 08:10", { ...gone, attention: 1 }],
    [
      "running: Catching up 63 %",
      { step: { step: "filling", rows: 639, expected: 1000 }, attention: 2 },
    ],
    ["running: Catching up · 1,200", { step: { step: "filling", rows: 1200, expected: null } }],
    ["running: Sending 3", { step: { step: "sending", sent: 4, left: 3 }, pending: 3 }],
    ["running: Catching up", { step: { step: "receiving", rows: 0, expected: null } }],
    ["running: Catching up 20 %", { step: { step: "receiving", rows: 200, expected: 1000 } }],
    ["waiting: 1 waiting", { pending: 1 }],
    ["attention: Sync refused", { refused: "the tenant is suspended" }],
    ["attention: In use twice", { refused: "in use twice", refused_code: "two_copies" }],
    ["attention: This is a copy", { refused: "a copy", refused_code: "is_copy" }],
    ["waiting: Not synced yet", { last_sync: null }],
  ])("%s", (words, part) => {
    expect(lit(part)).toBe(words);
  });

  it("since which day, where it was not today", () => {
    expect(lit({ online: false, offline_since: "2026-11-19T07:10:00Z" })).toBe(
      "offline: Nothing waiting · offline since 19 Nov, 08:10",
    );
  });

  it("the same in German", () => {
    expect(lit({ ...gone, pending: 12 }, "de")).toBe("offline: 12 warten · offline seit 08:10");
  });
});
