import type { Language } from "../format/locale";
import type { Problem } from "../generated/contract";
import { RULES_DE } from "./rules.de";

/** What is wrong with a field, in the person's language. */
export function problemText(problem: Problem, language: Language): string {
  const translated = language === "de" ? RULES_DE[problem.rule] : undefined;
  return translated ?? problem.message;
}
