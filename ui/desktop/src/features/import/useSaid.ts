import type { EntityView, ImportNote, ImportProblem } from "@daybook/shared/generated/contract";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { problemText } from "@daybook/shared/i18n/problem";
import { useTranslation } from "react-i18next";
import { placeText } from "./targets";

/** Rules of a file that the engine tells in the words of the command line. */
const OF_THE_SCREEN = ["unmapped_column", "double_target", "system_missing"] as const;

const NOTES = [
  "country_name",
  "decimal_form",
  "date_pattern",
  "duplicate",
  "kept",
  "not_imported",
  "revived",
] as const;

/** What the engine says of a file, in the person's language and in the words of this screen. */
export function useSaid(entity: EntityView) {
  const { t } = useTranslation();
  const label = useLabel();
  const { language } = useLanguage();
  const place = (path: string) => placeText(entity, label, path);
  return {
    place,
    /** The column as the file has it; the field where the file has no column for it. */
    where: ({ column, field }: ImportProblem) => {
      if (column !== null && !column.startsWith("--set ")) return column;
      return (column ?? field) ? place(column ?? field) : t("import.wholeRow");
    },
    problem: (problem: ImportProblem) => {
      const own = OF_THE_SCREEN.find((rule) => rule === problem.rule);
      return own ? t(`import.wrong.${own}`) : problemText(problem, language);
    },
    note: ({ rule, message, words }: ImportNote) => {
      const known = NOTES.find((name) => name === rule);
      const [text = "", other = "", why = "", said = ""] = words;
      if (known === undefined) return message;
      if (known === "duplicate") {
        const what = other.split(",").map(place).join(" + ");
        return t("import.said.duplicate", { text, what });
      }
      if (known === "kept") {
        const reason = problemText({ field: "", rule: why, message: said }, language);
        return t("import.said.kept", { text, place: place(other), reason });
      }
      return t(`import.said.${known}`, { text, other });
    },
  };
}

export type Said = ReturnType<typeof useSaid>;
