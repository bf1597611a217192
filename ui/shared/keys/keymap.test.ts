import { describe, expect, it } from "vitest";
import { isKey, KEYMAP, keyText, sectionKeyText } from "./keymap";

const sources = import.meta.glob<string>(["../**/*.{ts,tsx}", "../../desktop/src/**/*.{ts,tsx}"], {
  query: "?raw",
  import: "default",
  eager: true,
});
const code = Object.entries(sources).filter(([path]) => !path.includes(".test."));

const press = (key: string, part: Partial<KeyboardEvent> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...part,
});

describe("a shortcut", () => {
  it("is recognised with its modifiers and no others", () => {
    expect(isKey("save", press("s", { ctrlKey: true }))).toBe(true);
    expect(isKey("save", press("S", { metaKey: true }))).toBe(true);
    expect(isKey("save", press("s"))).toBe(false);
    expect(isKey("save", press("s", { ctrlKey: true, altKey: true }))).toBe(false);
    expect(isKey("keys", press("?", { shiftKey: true }))).toBe(true);
    expect(isKey("section", press("4", { altKey: true }))).toBe(true);
    expect(isKey("section", press("0", { altKey: true }))).toBe(true);
    expect(isKey("section", press("x", { altKey: true }))).toBe(false);
    expect(isKey("nth", press("0"))).toBe(false);
  });

  it("is printed as on the person's keyboard", () => {
    expect(keyText("save", "en")).toBe("Ctrl+S");
    expect(keyText("save", "de")).toBe("Strg+S");
    expect(keyText("section", "en")).toBe("Alt+1…0");
    expect([1, 10, 11].map((number) => sectionKeyText(number, "en"))).toEqual([
      "Alt+1",
      "Alt+0",
      null,
    ]);
  });

  it.each(Object.keys(KEYMAP))("%s is bound by a screen, so that `?` lists it there", (name) => {
    const bound = code.some(
      ([, text]) =>
        new RegExp(`useKey\\(\\s*"${name}"`).test(text) ||
        new RegExp(`useKeyNotes\\(\\[[^\\]]*"${name}"`).test(text),
    );
    expect(bound).toBe(true);
  });

  it("is in the list: no screen reads keys by itself", () => {
    const reads = /\b(event|e)\.(key|code) ?[!=]==|\baccessKey\b|switch \((event|e)\.(key|code)\)/;
    const strays = code.filter(([path, text]) => !path.endsWith("/keymap.ts") && reads.test(text));
    // The signs that begin a search by typing are no shortcut, but must not be one either.
    const outside = strays.filter(([path]) => !path.endsWith("/keys.ts"));
    expect(outside.map(([path]) => path)).toEqual([]);
  });

  it("is asked for by its name wherever a part listens to keys", () => {
    const listens = /\bonKey(Down|Up|Press)\w*=|\bonKey(Down|Up)Capture\b|addEventListener\("key/;
    // By the list itself, by a table of keys that asks it, or for no key but Caps Lock.
    const asks = /\bisKey\(|\btabGoesOn\b|from "\.\/keys"|getModifierState\("CapsLock"\)/;
    const strays = code.filter(([, text]) => listens.test(text) && !asks.test(text));
    expect(strays.map(([path]) => path)).toEqual([]);
  });
});
