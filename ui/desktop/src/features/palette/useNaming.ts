import { labelIn } from "@daybook/shared/format/cell";
import { LANGUAGES } from "@daybook/shared/format/locale";
import type { LabelView } from "@daybook/shared/generated/contract";
import type { Texts } from "@daybook/shared/i18n/en";
import { useLanguage } from "@daybook/shared/i18n/language";
import type { TFunction } from "i18next";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { Entry } from "./entries";

/** What an entry is called, in the language of the texts and labels it is given. */
type Say = (t: TFunction, label: (view: LabelView) => string) => string;

/**
 * Names an entry in the person's language, and gives it its names in all of them as words to be found by, with
 * what else people call it.
 */
export function useNaming(): (
  say: Say,
  also?: keyof Texts["palette"]["words"],
) => Required<Pick<Entry, "label" | "words">> {
  const { i18n } = useTranslation();
  const { language } = useLanguage();
  return useCallback(
    (say, also) => {
      const told = LANGUAGES.map((each) => {
        const t = i18n.getFixedT(each);
        const name = say(t, (view) => labelIn(view, each));
        return { each, name, others: also ? t(`palette.words.${also}`) : "" };
      });
      return {
        label: told.find(({ each }) => each === language)?.name ?? "",
        words: told.map(({ name, others }) => `${name} ${others}`).join(" "),
      };
    },
    [i18n, language],
  );
}
