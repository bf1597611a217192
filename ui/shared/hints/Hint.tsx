import { CloseOutlined } from "@ant-design/icons";
import { useLanguage } from "../i18n/language";
import { type KeyName, keyText } from "../keys/keymap";
import { useSyncExternalStore } from "react";
import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import { forgetHint, hasForgotten, hearHints, type HintPlace, HINTS } from "./hints";
import "./hints.css";

/** The keys that matter on a screen, at the foot of the window until the person has had enough of them. */
export function Hint({ place, names }: { place: HintPlace; names: KeyName[] }) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const isForgotten = useSyncExternalStore(hearHints, () => hasForgotten(place));
  const foot = useSyncExternalStore(hearHints, () => document.getElementById(HINTS));
  if (isForgotten || !foot) return null;
  return createPortal(
    <aside className="hint" aria-label={t("hint.title")}>
      {names.map((name) => (
        <span key={name}>
          <kbd>{keyText(name, language)}</kbd> {t(`keys.${name}`)}
        </span>
      ))}
      <button
        type="button"
        className="plain hint-forget"
        aria-label={t("hint.forget")}
        title={t("hint.forget")}
        onClick={() => forgetHint(place)}
      >
        <CloseOutlined aria-hidden />
      </button>
    </aside>,
    foot,
  );
}
