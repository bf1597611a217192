import { LANGUAGES, type Language } from "@daybook/shared/format/locale";
import { useLanguage } from "@daybook/shared/i18n/language";
import { useKey } from "@daybook/shared/keys/Keyboard";
import { type Theme, THEMES, useLook, ZOOMS } from "@daybook/shared/kit/Appearance";
import { useTitle } from "@daybook/shared/kit/title";
import {
  DENSITIES,
  type Density,
  rememberDensity,
  rememberedDensity,
} from "@daybook/shared/lists/layout";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { recallHints } from "@daybook/shared/hints/hints";
import { Choice } from "./Choice";
import "./settings.css";
import { SyncSettings } from "./SyncSettings";

/** How the program looks, speaks and syncs on this computer: each choice holds at once and is remembered. */
export function SettingsScreen({ onBack }: { onBack: () => void }) {
  const { t } = useTranslation();
  const { language, choose: chooseLanguage } = useLanguage();
  const { theme, choose: chooseTheme, zoom, chooseZoom } = useLook();
  const [density, setDensity] = useState<Density>(rememberedDensity);
  useTitle(t("app.settings"));
  useKey("back", onBack);
  return (
    <div className="settings">
      <header className="settings-bar">
        <h1>{t("app.settings")}</h1>
      </header>
      <div className="settings-body">
        <Choice<Language>
          name={t("app.language")}
          hint={t("settings.languageHint")}
          value={language}
          options={LANGUAGES.map((each) => [each, t(`app.languages.${each}`)])}
          onChoose={chooseLanguage}
        />
        <Choice<Theme>
          name={t("app.theme")}
          hint={t("settings.themeHint")}
          value={theme}
          options={THEMES.map((each) => [each, t(`app.themes.${each}`)])}
          onChoose={chooseTheme}
        />
        <Choice<Density>
          name={t("list.density")}
          hint={t("settings.densityHint")}
          value={density}
          options={DENSITIES.map((each) => [each, t(`list.${each}`)])}
          onChoose={(next) => {
            rememberDensity(next);
            setDensity(next);
          }}
        />
        <Choice<number>
          name={t("settings.zoom")}
          hint={t("settings.zoomHint")}
          value={zoom}
          options={ZOOMS.map((each) => [each, t("settings.percent", { value: each })])}
          onChoose={chooseZoom}
        />
        <SyncSettings />
        <section className="setting" aria-label={t("hint.name")}>
          <div>
            <h2>{t("hint.name")}</h2>
            <p className="quiet">{t("hint.againHint")}</p>
          </div>
          <Button onClick={recallHints}>{t("hint.again")}</Button>
        </section>
      </div>
    </div>
  );
}
