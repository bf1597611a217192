import { formatInstant } from "../format/date";
import { formatLocale, type Language } from "../format/locale";
import type { Problem } from "../generated/contract";
import { RULES_DE } from "./rules.de";

/** What is wrong with a field, in the person's language. */
export function problemText(problem: Problem, language: Language): string {
  const sentence = language === "de" ? RULES_DE[problem.rule] : undefined;
  const translated = sentence && filled(sentence, problem.params ?? {}, language);
  if (!translated) return problem.message;
  const example = problem.rule.endsWith("_form") ? exampleIn(problem.message) : undefined;
  return example ? `${translated}, zum Beispiel ${example}` : translated;
}

/** The sentence with its places filled; nothing where one would stay empty. */
function filled(
  sentence: string,
  params: Record<string, string | undefined>,
  language: Language,
): string | undefined {
  let isWhole = true;
  const text = sentence.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const given = params[name] ?? "";
    isWhole &&= given !== "";
    return INSTANT.test(given)
      ? formatInstant(given, formatLocale(language, navigator.languages))
      : given;
  });
  return isWhole ? text : undefined;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** What the engine's message gives as an example of the right form. */
function exampleIn(message: string): string | undefined {
  const forms = /looks like (.+) \(9 a digit/.exec(message)?.[1];
  if (forms) return `${forms.replaceAll(" or ", " oder ")} (9 eine Ziffer, A ein Buchstabe)`;
  return /for example (.+?)(?:,|;|\)| or |\.?$)/.exec(message)?.[1];
}
