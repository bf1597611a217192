import { theme as antd, type ThemeConfig } from "antd";

export type Shade = "light" | "dark";

/** One set of colours for each shade: the only place where a colour stands. */
const COLOURS = {
  light: {
    chrome: "#eceff0",
    surface: "#ffffff",
    raised: "#ffffff",
    sunken: "#f6f8f8",
    line: "#dbe0e2",
    "line-strong": "#b4bdc1",
    ink: "#12181b",
    "ink-2": "#465157",
    "ink-3": "#58646b",
    accent: "#0a666e",
    "accent-soft": "#dcedee",
    "accent-faint": "#eef6f6",
    "on-accent": "#ffffff",
    warn: "#855200",
    "warn-soft": "#fdf1d7",
    bad: "#b0241c",
    "bad-soft": "#fcebe9",
    tip: "#232b2f",
    "on-tip": "#ffffff",
    shadow: "0 8px 28px rgb(18 24 27 / 16%)",
  },
  dark: {
    chrome: "#111618",
    surface: "#191f22",
    raised: "#20282c",
    sunken: "#151b1d",
    line: "#2a3236",
    "line-strong": "#475258",
    ink: "#e8edef",
    "ink-2": "#b0bbc0",
    "ink-3": "#9ca8ae",
    accent: "#56bcc2",
    "accent-soft": "#173a3e",
    "accent-faint": "#172a2d",
    "on-accent": "#06191b",
    warn: "#e3b454",
    "warn-soft": "#352a12",
    bad: "#f58c82",
    "bad-soft": "#3a2020",
    tip: "#3a454a",
    "on-tip": "#f2f5f6",
    shadow: "0 10px 32px rgb(0 0 0 / 55%)",
  },
} as const satisfies Record<Shade, Record<string, string>>;

const FONT = '"IBM Plex Sans Variable", system-ui, sans-serif';

/** Gives style sheets the shade's colours as `--ink`, `--accent` … */
export function applyShade(shade: Shade): void {
  const root = document.documentElement;
  root.dataset.shade = shade;
  root.style.colorScheme = shade;
  for (const [name, value] of Object.entries(COLOURS[shade])) {
    root.style.setProperty(`--${name}`, value);
  }
}

/** The same colours for Ant Design, dense and without motion. */
export function antTheme(shade: Shade): ThemeConfig {
  const c = COLOURS[shade];
  return {
    // Not Ant Design's compact algorithm: it also shrinks the letters.
    algorithm: [
      shade === "dark" ? antd.darkAlgorithm : antd.defaultAlgorithm,
      // The dark one dims the accent; here it is the same for a button as for what style sheets draw.
      (_, map) => ({
        ...map!,
        colorPrimary: c.accent,
        colorLink: c.accent,
        colorLinkHover: c.accent,
      }),
    ],
    token: {
      colorPrimary: c.accent,
      colorInfo: c.accent,
      colorLink: c.accent,
      colorLinkHover: c.accent,
      colorError: c.bad,
      colorWarning: c.warn,
      colorText: c.ink,
      colorTextSecondary: c["ink-2"],
      colorTextDescription: c["ink-2"],
      colorTextPlaceholder: c["ink-3"],
      colorBgContainer: c.surface,
      colorBgElevated: c.raised,
      colorBgLayout: c.chrome,
      colorBorder: c["line-strong"],
      colorBorderSecondary: c.line,
      colorTextLightSolid: c["on-accent"],
      borderRadius: 3,
      borderRadiusLG: 5,
      fontFamily: FONT,
      fontSize: 13,
      sizeUnit: 3,
      controlHeight: 27,
      controlHeightSM: 22,
      controlHeightLG: 34,
      lineWidthFocus: 2,
      // What lies over the rest has an edge of its own: in the dark a shadow alone shows none.
      boxShadow: `0 0 0 1px ${c["line-strong"]}, ${c.shadow}`,
      boxShadowSecondary: `0 0 0 1px ${c["line-strong"]}, ${c.shadow}`,
      controlItemBgHover: c["accent-faint"],
      controlItemBgActive: c["accent-soft"],
      controlItemBgActiveHover: c["accent-soft"],
      colorBgMask: shade === "dark" ? "rgb(0 0 0 / 50%)" : "rgb(18 24 27 / 28%)",
      motion: false,
    },
    components: {
      Button: {
        fontWeight: 500,
        primaryShadow: "none",
        defaultShadow: "none",
        dangerShadow: "none",
      },
      Select: {
        optionSelectedBg: c["accent-soft"],
        optionActiveBg: c["accent-faint"],
      },
      // A tip is dark in both shades, and the words on the accent would be as well.
      Tooltip: { colorBgSpotlight: c.tip, colorTextLightSolid: c["on-tip"] },
      Modal: { titleFontSize: 15 },
    },
  };
}
