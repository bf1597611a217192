import { mockIPC } from "@tauri-apps/api/mocks";
import { act, render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, it } from "vitest";
import { LanguageProvider } from "../i18n/language";
import { Appearance, useLook } from "./Appearance";

function Larger() {
  const { chooseZoom } = useLook();
  return (
    <button type="button" onClick={() => chooseZoom(200)}>
      +
    </button>
  );
}

function open(): number[] {
  const zooms: number[] = [];
  mockIPC((name, payload) => {
    expect(name).toBe("plugin:webview|set_webview_zoom");
    zooms.push((payload as { value: number }).value);
  });
  render(
    <LanguageProvider>
      <Appearance>
        <Larger />
      </Appearance>
    </LanguageProvider>,
  );
  return zooms;
}

it("the window itself draws everything larger, and does so the next time", async () => {
  const zooms = open();
  await userEvent.click(screen.getByRole("button", { name: "+" }));
  expect(zooms).toEqual([1, 2]);
  expect(localStorage.getItem("daybook.zoom")).toBe("200");
});

it("begins as large as it was left", () => {
  localStorage.setItem("daybook.zoom", "150");
  let zooms: number[] = [];
  act(() => {
    zooms = open();
  });
  expect(zooms).toEqual([1.5]);
});
