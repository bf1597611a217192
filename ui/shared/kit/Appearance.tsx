import "@fontsource-variable/ibm-plex-sans/wght.css";
import "./base.css";
import { App, ConfigProvider } from "antd";
import deDE from "antd/locale/de_DE";
import enGB from "antd/locale/en_GB";
import {
  createContext,
  type ReactNode,
  useContext,
  useLayoutEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import { useTranslation } from "react-i18next";
import { useLanguage } from "../i18n/language";
import { remember, remembered } from "../platform/memory";
import { zoomTo } from "../platform/zoom";
import { antTheme, applyShade, type Shade } from "./theme";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** Sizes of everything, in per cent. */
export const ZOOMS = [90, 100, 110, 125, 150, 200] as const;

interface Look {
  theme: Theme;
  shade: Shade;
  choose: (theme: Theme) => void;
  zoom: number;
  chooseZoom: (zoom: number) => void;
}

const LookContext = createContext<Look | null>(null);

/** Theme, fonts and Ant Design's settings for everything inside. */
export function Appearance({ children }: { children: ReactNode }) {
  const [theme, choose] = useState<Theme>(() => remembered<Theme>("theme") ?? "system");
  const [zoom, chooseZoom] = useState(() => remembered<number>("zoom") ?? 100);
  const { t } = useTranslation();
  const { language, direction } = useLanguage();
  const system = useSystemShade();
  const shade = theme === "system" ? system : theme;
  useLayoutEffect(() => applyShade(shade), [shade]);
  useLayoutEffect(() => {
    // A size that cannot be had is no reason to trouble anyone.
    zoomTo(zoom).catch(() => {});
  }, [zoom]);
  const look = useMemo<Look>(
    () => ({
      theme,
      shade,
      choose: (next) => {
        remember("theme", next);
        choose(next);
      },
      zoom,
      chooseZoom: (next) => {
        remember("zoom", next);
        chooseZoom(next);
      },
    }),
    [theme, shade, zoom],
  );
  const settings = useMemo(() => antTheme(shade), [shade]);
  return (
    <LookContext.Provider value={look}>
      <ConfigProvider
        theme={settings}
        direction={direction}
        locale={language === "de" ? deDE : enGB}
        wave={{ disabled: true }}
        button={{ autoInsertSpace: false }}
        renderEmpty={() => t("record.chooseNone")}
      >
        <App component={false}>{children}</App>
      </ConfigProvider>
    </LookContext.Provider>
  );
}

export function useLook(): Look {
  const look = useContext(LookContext);
  if (!look) throw new Error("the theme is asked for outside of <Appearance>");
  return look;
}

const DARK = "(prefers-color-scheme: dark)";

function useSystemShade(): Shade {
  return useSyncExternalStore(
    (changed) => {
      const query = window.matchMedia(DARK);
      query.addEventListener("change", changed);
      return () => query.removeEventListener("change", changed);
    },
    () => (window.matchMedia(DARK).matches ? "dark" : "light"),
  );
}
