import i18next from "i18next";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { initReactI18next, useTranslation } from "react-i18next";
import { labelIn, type Style } from "../format/cell";
import { formatLocale, type Language, machineLanguage } from "../format/locale";
import type { LabelView } from "../generated/contract";
import { remember, remembered } from "../platform/memory";
import { de } from "./de";
import { en } from "./en";
import { type Direction, directionOf, isMirrored, mirrored } from "./direction";

export const i18n = i18next.createInstance();
void i18n
  .use(initReactI18next)
  .use(mirrored)
  .init({
    resources: { en: { translation: en }, de: { translation: de } },
    lng: remembered<Language>("language") ?? machineLanguage(navigator.languages),
    fallbackLng: "en",
    interpolation: { escapeValue: false },
    postProcess: isMirrored() ? [mirrored.name] : [],
  });

interface Tongue {
  language: Language;
  locale: string;
  direction: Direction;
  choose: (language: Language) => void;
}

const TongueContext = createContext<Tongue | null>(null);

/** The person's language, changed at once and remembered. */
export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, choose] = useState<Language>(
    () => remembered<Language>("language") ?? machineLanguage(navigator.languages),
  );
  useEffect(() => {
    void i18n.changeLanguage(language);
    document.documentElement.lang = language;
    document.documentElement.dir = directionOf(language);
  }, [language]);
  const tongue = useMemo<Tongue>(
    () => ({
      language,
      locale: formatLocale(language, navigator.languages),
      direction: directionOf(language),
      choose: (next) => {
        remember("language", next);
        choose(next);
      },
    }),
    [language],
  );
  return <TongueContext.Provider value={tongue}>{children}</TongueContext.Provider>;
}

export function useLanguage(): Tongue {
  const tongue = useContext(TongueContext);
  if (!tongue) throw new Error("a text is written outside of <LanguageProvider>");
  return tongue;
}

/** A label that came with the data, in the person's language. */
export function useLabel(): (label: LabelView) => string {
  const { language } = useLanguage();
  return useMemo(() => (label: LabelView) => labelIn(label, language), [language]);
}

/** How values are written for this person. */
export function useStyle(): Style {
  const { language, locale } = useLanguage();
  const { t } = useTranslation();
  return useMemo(
    () => ({
      language,
      locale,
      yes: t("act.yes"),
      no: t("act.no"),
      files: (count: number) => t("record.files", { count }),
    }),
    [language, locale, t],
  );
}
