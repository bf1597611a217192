import { useEntities } from "@daybook/shared/data/queries";
import { LANGUAGES } from "@daybook/shared/format/locale";
import { startCatching } from "@daybook/shared/forms/catch";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { keyText } from "@daybook/shared/keys/keymap";
import { THEMES, useLook } from "@daybook/shared/kit/Appearance";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Entry } from "../features/palette/entries";
import { NEW } from "./ListPlace";
import { modulesOf } from "./modules";

/** All that can be done from anywhere, for the palette. */
export function useCommands(acts: {
  sync: () => void;
  showKeys: () => void;
  signOut: () => void;
}): Entry[] {
  const { t } = useTranslation();
  const label = useLabel();
  const navigate = useNavigate();
  const { language, choose: chooseLanguage } = useLanguage();
  const { choose: chooseTheme } = useLook();
  const { data: entities = [] } = useEntities();

  const places: Entry[] = [
    ...modulesOf(entities).flatMap(({ area, entities: lists }) =>
      lists.map((entity): Entry => ({
        id: `list ${entity.name}`,
        group: "goTo",
        label: label(entity.plural),
        hint: label(area),
        run: () =>
          void navigate({
            to: "/list/$entity",
            params: { entity: entity.name },
          }),
      })),
    ),
    {
      id: "home",
      group: "goTo",
      label: t("home.title"),
      run: () => void navigate({ to: "/home" }),
    },
    {
      id: "attention",
      group: "goTo",
      label: t("app.attention"),
      run: () => void navigate({ to: "/attention" }),
    },
    {
      id: "approvals",
      group: "goTo",
      label: t("approvals.title"),
      hint: t("approvals.menu"),
      run: () => void navigate({ to: "/approvals" }),
    },
    {
      id: "sync",
      group: "goTo",
      label: t("app.syncPage"),
      run: () => void navigate({ to: "/sync" }),
    },
    {
      id: "settings",
      group: "goTo",
      label: t("app.settings"),
      run: () => void navigate({ to: "/settings" }),
    },
  ];
  const creations = entities
    .filter((entity) => entity.may_create)
    .map((entity): Entry => ({
      id: `new ${entity.name}`,
      group: "commands",
      label: t("palette.newOf", { label: label(entity.label) }),
      run: () => {
        startCatching();
        void navigate({
          to: "/list/$entity/$id",
          params: { entity: entity.name, id: NEW },
        });
      },
    }));
  const comparisons = entities
    .filter((entity) => entity.may_merge)
    .map((entity): Entry => ({
      id: `duplicates ${entity.name}`,
      group: "commands",
      label: t("duplicates.title", { plural: label(entity.plural) }),
      hint: t("duplicates.open"),
      run: () => void navigate({ to: "/duplicates/$entity", params: { entity: entity.name } }),
    }));
  const imports = entities
    .filter((entity) => entity.may_import)
    .map((entity): Entry => ({
      id: `import ${entity.name}`,
      group: "commands",
      label: t("import.title", { plural: label(entity.plural) }),
      run: () => void navigate({ to: "/import/$entity", params: { entity: entity.name } }),
    }));
  const settings: Entry[] = [
    ...THEMES.map((theme): Entry => ({
      id: `theme ${theme}`,
      group: "commands",
      label: `${t("app.theme")}: ${t(`app.themes.${theme}`)}`,
      run: () => chooseTheme(theme),
    })),
    ...LANGUAGES.filter((each) => each !== language).map((each): Entry => ({
      id: `language ${each}`,
      group: "commands",
      label: `${t("app.language")}: ${t(`app.languages.${each}`)}`,
      run: () => chooseLanguage(each),
    })),
  ];
  return [
    ...places,
    ...creations,
    ...comparisons,
    ...imports,
    {
      id: "sync now",
      group: "commands",
      label: t("sync.now"),
      keys: keyText("sync", language),
      run: acts.sync,
    },
    {
      id: "keys",
      group: "commands",
      label: t("app.keys"),
      keys: keyText("keys", language),
      run: acts.showKeys,
    },
    ...settings,
    {
      id: "sign out",
      group: "commands",
      label: t("app.signOut"),
      run: acts.signOut,
    },
  ];
}
