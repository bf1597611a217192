import { describe, expect, it } from "vitest";
import { formatDate, formatInstant, formatMoment, readDate, readInstant } from "./date";

const NOW = new Date(2026, 10, 21, 9, 30);

describe("a typed date", () => {
  it.each([
    ["3.4", "de-DE", "2026-04-03"],
    ["3.4.", "de-DE", "2026-04-03"],
    ["3.4.27", "de-DE", "2027-04-03"],
    ["03.04.2027", "de-DE", "2027-04-03"],
    ["3/4", "en-GB", "2026-04-03"],
    ["3/4", "en-US", "2026-03-04"],
    ["2026-04-03", "en-US", "2026-04-03"],
    ["today", "en-GB", "2026-11-21"],
    ["heute", "de-DE", "2026-11-21"],
    ["+10", "en-GB", "2026-12-01"],
    ["-21", "en-GB", "2026-10-31"],
    ["1.1.99", "de-DE", "1999-01-01"],
  ])("%s in %s is %s", (typed, locale, date) => {
    expect(readDate(typed, locale, NOW)).toBe(date);
  });

  it("is refused where there is no such day", () => {
    for (const typed of ["31.2", "0.4", "13.13.2026", "abc", "", "2026-02-30", "3", "1.2.3.4"]) {
      expect(readDate(typed, "de-DE", NOW), typed).toBeNull();
    }
  });

  it("comes back from what is shown", () => {
    for (const locale of ["de-DE", "en-GB", "en-US", "sv-SE", "fr-FR"]) {
      expect(readDate(formatDate("2026-04-03", locale), locale, NOW), locale).toBe("2026-04-03");
    }
  });
});

describe("a typed moment", () => {
  it("is a date and a time on this machine", () => {
    expect(readInstant("3.4.2026 14:30", "de-DE", NOW)).toBe("2026-04-03T12:30:00Z");
    expect(readInstant("3/4/2026, 2:30 pm", "en-GB", NOW)).toBe("2026-04-03T12:30:00Z");
    expect(readInstant("2026-04-03T12:30:00Z", "en-GB", NOW)).toBe("2026-04-03T12:30:00Z");
    expect(readInstant("now", "en-GB", NOW)).toBe("2026-11-21T08:30:00Z");
    expect(readInstant("today", "en-GB", NOW)).toBe("2026-11-20T23:00:00Z");
  });

  it("is refused where the time is none", () => {
    expect(readInstant("3.4.2026 25:00", "de-DE", NOW)).toBeNull();
    expect(readInstant("14:30", "de-DE", NOW)).toBeNull();
  });

  it("comes back from what is shown", () => {
    const instant = "2026-04-03T12:30:00Z";
    for (const locale of ["de-DE", "en-GB", "en-US"]) {
      expect(readInstant(formatInstant(instant, locale), locale, NOW), locale).toBe(instant);
    }
  });
});

describe("a moment in a sentence", () => {
  it("is a time today, and a day and a time before", () => {
    expect(formatMoment("2026-11-21T07:10:00Z", "en-GB", NOW)).toBe("08:10");
    expect(formatMoment("2026-11-20T07:10:00Z", "en-GB", NOW)).toBe("20 Nov, 08:10");
  });
});
