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
  "kept",
  "not_imported",
  "revived",
  "same_row",
] as const;

/** The line that a message of the engine names, and the fields that differ there. */
const OTHER_ROW = /as line (\d+)(?: with another (.+?),? so)?/;

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
    /** The fields in which two records agree: "Tax id, Name + City". */
    agreeing: (fields: string[]) =>
      fields.map((one) => one.split(",").map(place).join(" + ")).join(", "),
    problem: (problem: ImportProblem) => {
      const [, line, fields] = OTHER_ROW.exec(problem.message) ?? [];
      if (problem.rule === "double_row" && line) return t("import.wrong.double_row", { line });
      if (problem.rule === "double_row_differs" && line && fields) {
        const what = fields.split(", ").map(place).join(", ");
        return t("import.wrong.double_row_differs", { line, what });
      }
      const own = OF_THE_SCREEN.find((rule) => rule === problem.rule);
      return own ? t(`import.wrong.${own}`) : problemText(problem, language);
    },
    note: ({ rule, message, words }: ImportNote) => {
      const known = NOTES.find((name) => name === rule);
      const [text = "", other = "", why = "", said = ""] = words;
      if (known === undefined) return message;
      if (known === "kept") {
        const reason = problemText({ field: "", rule: why, message: said }, language);
        return t("import.said.kept", { text, place: place(other), reason });
      }
      return t(`import.said.${known}`, { text, other });
    },
  };
}

export type Said = ReturnType<typeof useSaid>;
