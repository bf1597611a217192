import { useLanguage } from "../i18n/language";
import { sectionKeyText } from "../keys/keymap";

/** The key that leads to a section of a form, beside its head; those beyond the tenth have none. */
export function SectionKey({ number }: { number: number }) {
  const { language } = useLanguage();
  const text = sectionKeyText(number, language);
  return text && <kbd className="section-key">{text}</kbd>;
}
