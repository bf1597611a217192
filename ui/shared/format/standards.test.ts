import { describe, expect, it } from "vitest";
import { languageName, standardOffers } from "./standards";

describe("languages", () => {
  it("are offered by name, each once, and none that was withdrawn", () => {
    const offers = standardOffers("language", "en-GB") ?? [];
    const codes = offers.map((offer) => offer.value);
    expect(codes).toEqual(expect.arrayContaining(["de", "en", "fr", "he", "pl", "tr"]));
    expect(codes).not.toContain("iw");
    expect(new Set(codes).size).toBe(codes.length);
    expect(offers.find((offer) => offer.value === "de")?.label).toBe(languageName("de", "en-GB"));
  });
});
