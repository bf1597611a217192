import { describe, expect, it } from "vitest";
import { editDecimal, formatDecimal, isNegative, readDecimal } from "./decimal";

describe("a decimal on the screen", () => {
  it("has the locale's separators and every digit", () => {
    expect(formatDecimal("1234.5", "en-GB")).toBe("1,234.50");
    expect(formatDecimal("1234.5", "de-DE")).toBe("1.234,50");
    expect(formatDecimal("1234567", "en-IN")).toBe("12,34,567.00");
    expect(formatDecimal("0.000001", "de-DE")).toBe("0,000001");
    expect(formatDecimal("12", "en-GB", 0)).toBe("12");
  });

  it("is exact beyond what a float holds", () => {
    expect(formatDecimal("922337203685477.5807", "en-GB")).toBe("922,337,203,685,477.5807");
    expect(formatDecimal("99999999999999999999.1", "en-GB")).toBe("99,999,999,999,999,999,999.10");
  });

  it("never shows a negative zero", () => {
    expect(formatDecimal("-0.00", "en-GB")).toBe("0.00");
    expect(formatDecimal("-0", "de-DE")).toBe("0,00");
    expect(formatDecimal("-0.001", "en-GB")).toBe("\u22120.001");
    expect(isNegative("-0.00")).toBe(false);
    expect(isNegative("-0.01")).toBe(true);
  });

  it("leaves a text that is no decimal as it is", () => {
    expect(formatDecimal("n/a", "en-GB")).toBe("n/a");
  });
});

describe("a typed decimal", () => {
  it("is read by the locale's signs", () => {
    expect(readDecimal("1,234.50", "en-GB")).toBe("1234.5");
    expect(readDecimal("1.234,50", "de-DE")).toBe("1234.5");
    expect(readDecimal("1234,5", "de-DE")).toBe("1234.5");
    expect(readDecimal(" -12 ", "en-GB")).toBe("-12");
    expect(readDecimal("\u221212,5", "de-DE")).toBe("-12.5");
    expect(readDecimal("1 234,5", "fr-FR")).toBe("1234.5");
    expect(readDecimal(",5", "de-DE")).toBe("0.5");
    expect(readDecimal("007", "en-GB")).toBe("7");
  });

  it("is refused where its grouping is not the locale's: it could mean two amounts", () => {
    expect(readDecimal("1.5", "de-DE")).toBeNull();
    expect(readDecimal("12.34,5", "de-DE")).toBeNull();
    expect(readDecimal("1,5", "en-GB")).toBeNull();
  });

  it("is refused where it is no number", () => {
    for (const text of ["", ".", "-", "1e3", "12a", "1.2.3", "1,2,3", "--1"]) {
      expect(readDecimal(text, "en-GB"), text).toBeNull();
    }
  });

  it("comes back from what is shown and from what is edited", () => {
    for (const locale of ["en-GB", "de-DE", "fr-FR", "de-CH", "en-IN", "es-ES"]) {
      for (const text of ["0", "1.5", "-1234567.25", "1000", "0.0001", "922337203685477.5807"]) {
        expect(readDecimal(formatDecimal(text, locale), locale), `${locale} ${text}`).toBe(text);
        expect(readDecimal(editDecimal(text, locale), locale), `${locale} ${text}`).toBe(text);
      }
    }
  });
});
