import { describe, expect, it } from "vitest";

const tsx = import.meta.glob<string>(["../**/*.tsx", "../../desktop/src/**/*.tsx"], {
  query: "?raw",
  import: "default",
  eager: true,
});
const css = import.meta.glob<string>(["../**/*.css", "../../desktop/src/**/*.css"], {
  query: "?raw",
  import: "default",
  eager: true,
});
const screens = Object.entries(tsx).filter(([path]) => !path.includes(".test."));

/** Words that stand in a screen's own code. */
function wordsIn(code: string): string[] {
  const bare = code.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const text = [...bare.matchAll(/>\s*([^<>{}=;()|&?:]*[A-Za-z]{3,}[^<>{}=;()|&?:]*?)\s*<\//g)];
  const named = [
    ...bare.matchAll(/\b(?:aria-label|title|placeholder|alt)="([^"]*[A-Za-z]{3,}[^"]*)"/g),
  ];
  return [...text, ...named].map((match) => match[1] ?? "");
}

describe("every word of a screen", () => {
  it.each(screens)("%s is in the texts, where each language has it", (_, code) => {
    expect(wordsIn(code)).toEqual([]);
  });

  it("would be found in the code", () => {
    expect(wordsIn('<p>Not saved</p><b title="Go back">{t("x")}</b>')).toEqual([
      "Not saved",
      "Go back",
    ]);
  });
});

/** What means one side of the screen in every script. */
const ONE_SIDED =
  /(?:^|[\s;{])(?:(?:margin|padding|border)-(?:left|right)|left|right|(?:border-)?(?:top|bottom)-(?:left|right)-radius)\s*:|text-align:\s*(?:left|right)|float:/m;

describe("no style means left or right", () => {
  it.each(Object.entries(css))("%s: a script from right to left turns all of it", (_, code) => {
    expect(ONE_SIDED.exec(code)?.[0]).toBeUndefined();
  });

  it.each(screens)("%s: neither does one in the code", (_, code) => {
    expect(
      /\b(?:margin|padding)(?:Left|Right)\b|\btextAlign: "(?:left|right)"/.exec(code)?.[0],
    ).toBe(undefined);
  });

  it("would be found", () => {
    expect(ONE_SIDED.test(".a { margin-left: 3px; }")).toBe(true);
    expect(ONE_SIDED.test(".a { margin-inline-start: 3px; }")).toBe(false);
  });
});

/** A sign that nobody gave a name, or told to be silent, is read out by the name of its drawing. */
const NAMED_SIGN = /<\w+(?:Outlined|Filled)\b(?![^>]*\baria-)[^>]*>/;

describe("every sign", () => {
  it.each(screens)("%s: is silent beside words, or has its own", (_, code) => {
    expect(NAMED_SIGN.exec(code)?.[0]).toBeUndefined();
  });

  it("would be found", () => {
    expect(NAMED_SIGN.test("icon={<PlusOutlined />}")).toBe(true);
    expect(NAMED_SIGN.test("icon={<PlusOutlined aria-hidden />}")).toBe(false);
  });
});
