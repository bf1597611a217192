import type { Language } from "../format/locale";
import type { Problem } from "../generated/contract";
import { RULES_DE } from "./rules.de";

/** What is wrong with a field, in the person's language. */
export function problemText(problem: Problem, language: Language): string {
  const translated = language === "de" ? RULES_DE[problem.rule] : undefined;
  if (translated === undefined) return problem.message;
  const example = problem.rule.endsWith("_form") ? exampleIn(problem.message) : undefined;
  return example ? `${translated}, zum Beispiel ${example}` : translated;
}

/** What the engine's message gives as an example of the right form. */
function exampleIn(message: string): string | undefined {
  const forms = /looks like (.+) \(9 a digit/.exec(message)?.[1];
  if (forms) return `${forms.replaceAll(" or ", " oder ")} (9 eine Ziffer, A ein Buchstabe)`;
  return /for example (.+?)(?:,|;|\)| or |\.?$)/.exec(message)?.[1];
}
